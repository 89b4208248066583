#include <fstream>

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <torch/torch.h>

#include "core/config/network_size.h"
#include "core/training/networks/network.h"
#include "core/training/safetensors.h"

using namespace nc;
using namespace nc::training;

namespace
{

TrainConfig::Network optionsOf(const std::string& name)
{
    const auto settings = networkSettings(name);
    Q_ASSERT(settings);
    TrainConfig config;
    for (const std::string& setting : *settings) {
        const auto applied = applySetting(config, setting);
        Q_ASSERT(applied);
    }
    config.network.classifierBias = true;
    return config.network;
}

} // namespace

/// Weights, shapes and outputs, beside the same networks written down in PyTorch (tests/reference/networks.py, whose
/// folder NCSCOPE_NETWORKS names).
class TestNetworks : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    [[nodiscard]] static std::string reference(const std::string& file)
    {
        return qEnvironmentVariable("NCSCOPE_NETWORKS").toStdString() + "/" + file + ".safetensors";
    }

private Q_SLOTS:
    void init()
    {
        if (QDir(qEnvironmentVariable("NCSCOPE_NETWORKS", "none")).isEmpty())
            QSKIP("NCSCOPE_NETWORKS names no folder that tests/reference/networks.py wrote");
    }

    void outputs_equalThoseOfPyTorch_data()
    {
        QTest::addColumn<int>("channels");
        QTest::addColumn<int>("side");
        QTest::addColumn<int>("classes");
        QTest::newRow("wrn-16-1") << 3 << 32 << 10;
        QTest::newRow("wrn-10-2") << 1 << 28 << 4;
        QTest::newRow("preact-resnet-18") << 3 << 32 << 10;
        QTest::newRow("vit-ti") << 3 << 32 << 10;
    }
    void outputs_equalThoseOfPyTorch()
    {
        QFETCH(int, channels);
        QFETCH(int, side);
        QFETCH(int, classes);
        const std::string name = QTest::currentDataTag();
        const TrainConfig::Network options = optionsOf(name);
        const auto network = makeNetwork(options, {channels, side, side}, classes);
        network->to(torch::kDouble);
        const auto weights = readSafetensors(reference(name));
        QVERIFY2(weights, weights ? "" : weights.error().message.c_str());
        const auto loaded = loadStateDict(*network, *weights, name);
        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
        network->eval();
        auto expected = *readSafetensors(reference(name + ".io"));
        const torch::NoGradGuard noGradient;
        const Activations out = network->forwardFeatures(expected["images"]);
        // float64 on both sides: sums of some thousand terms in another order.
        QVERIFY(torch::allclose(out.penultimate, expected["penultimate"], 1e-6, 1e-9));
        QVERIFY(torch::allclose(out.logits, expected["logits"], 1e-6, 1e-9));
        QVERIFY(out.penultimate.std().item<double>() > 1e-3);
        const auto count = expected["parameters"].item<std::int64_t>();
        QCOMPARE(networkSize(options, channels, side, classes).parameters, count);
    }

    // Zagoruyko, Komodakis 2016: WRN-40-10 has 55.8 M parameters; with biases in its convolutions 55,856,330.
    void largeNetworks_haveTheirPublishedSize()
    {
        auto counts = *readSafetensors(reference("counts"));
        for (const char* name : {"wrn-40-10", "vit-b"})
            QCOMPARE(networkSize(optionsOf(name), 3, 32, 10).parameters, counts[name].item<std::int64_t>());
        const std::int64_t wide = networkSize(optionsOf("wrn-40-10"), 3, 32, 10).parameters;
        QCOMPARE(wide, 55'856'330);
    }

    void weights_surviveTheirFile()
    {
        torch::manual_seed(3);
        const auto first = makeNetwork(optionsOf("wrn-10-1"), {1, 28, 28}, 3);
        const auto second = makeNetwork(optionsOf("wrn-10-1"), {1, 28, 28}, 3);
        const std::string file = m_dir.filePath("weights.safetensors").toStdString();
        std::ofstream(file, std::ios::binary) << safetensorsBytes(stateDict(*first));
        const auto read = readSafetensors(file);
        QVERIFY(read);
        QVERIFY(loadStateDict(*second, *read, file));
        for (const auto& [name, tensor] : stateDict(*first))
            QVERIFY2(torch::equal(tensor, stateDict(*second).at(name)), name.c_str());
    }

    void weightsThatDoNotFit_areOneSentence()
    {
        const auto network = makeNetwork(optionsOf("wrn-10-1"), {1, 28, 28}, 3);
        StateDict tensors = stateDict(*network);
        tensors["linear.weight"] = torch::zeros({4, 64});
        auto loaded = loadStateDict(*network, tensors, "w.safetensors");
        QVERIFY(!loaded && loaded.error().message.find("'linear.weight' is 4 x 64") != std::string::npos);
        tensors.erase("linear.weight");
        loaded = loadStateDict(*network, tensors, "w.safetensors");
        QVERIFY(!loaded && loaded.error().message.find("'linear.weight' is missing") != std::string::npos);
        tensors = stateDict(*network);
        tensors["more"] = torch::zeros({1});
        loaded = loadStateDict(*network, tensors, "w.safetensors");
        QVERIFY(!loaded && loaded.error().message.find("no tensor 'more'") != std::string::npos);
    }

    void damagedFiles_areOneSentence()
    {
        const auto network = makeNetwork(optionsOf("mlp"), {1, 28, 28}, 3);
        const std::string whole = safetensorsBytes(stateDict(*network));
        const std::string file = m_dir.filePath("damaged.safetensors").toStdString();
        for (const std::string& bytes :
             {std::string(), whole.substr(0, 5), whole.substr(0, 40), whole.substr(0, whole.size() - 9),
              std::string(8, '\xff') + whole.substr(8), "PK\x03\x04" + whole}) {
            std::ofstream(file, std::ios::binary) << bytes;
            const auto read = readSafetensors(file);
            QVERIFY(!read);
            QVERIFY(read.error().kind == ErrorKind::Data);
            QVERIFY(read.error().message.find("damaged.safetensors") != std::string::npos);
        }
        QVERIFY(!readSafetensors("/nowhere/none"));
    }
};

QTEST_APPLESS_MAIN(TestNetworks)
#include "tst_networks.moc"
