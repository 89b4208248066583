#!/usr/bin/env python3
"""Compares the program with reference.py on one run: every metric, pair, triple and coordinate to 1e-9.

    compare_with_reference.py RUN NCSCOPE_BINARY
    compare_with_reference.py generated NCSCOPE_BINARY     (the runs of edge_runs.py, written to a temporary folder)
    compare_with_reference.py random[:SEED[:COUNT]] NCSCOPE_BINARY   (random runs and theory; default random:1:6)

Both are run with several sets of options. Exit 1 with the names that differ by more than 1e-9 max(1, |x|), or that one
of the two leaves out; also where the program gives no reason for a figure that it leaves out.
Where one refuses, both must.
"""
import csv
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import edge_runs
    import reference as independent
except ModuleNotFoundError as missing:
    print(f"skipped: this Python has no {missing.name}")
    sys.exit(77)

HERE = pathlib.Path(__file__).resolve().parent
TOLERANCE = 1e-9
IGNORED = {"unavailable"}


def output_of(command, may_refuse=False):
    """Standard output; None where the command refuses because of the data (exit 1) and may."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode == 1 and may_refuse and "Traceback" not in done.stderr:
        return None
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}\nfailed with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def differences(program, reference, name=""):
    """Names at which two JSON values differ, with both values."""
    if isinstance(reference, dict) and isinstance(program, dict):
        found = []
        for key in sorted((set(program) | set(reference)) - IGNORED):
            here = f"{name}.{key}" if name else key
            if key not in program or key not in reference:
                found.append(f"{here}: only in {'the program' if key in program else 'the reference'}")
            else:
                found += differences(program[key], reference[key], here)
        return found
    if isinstance(reference, list) and isinstance(program, list):
        if len(reference) != len(program):
            return [f"{name}: {len(program)} entries, the reference has {len(reference)}"]
        return [d for n, pair in enumerate(zip(program, reference)) for d in differences(*pair, f"{name}[{n}]")]
    numbers = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in (program, reference))
    same = abs(program - reference) <= TOLERANCE * max(1, abs(reference)) if numbers else program == reference
    return [] if same else [f"{name}: {program}, the reference says {reference}"]


def count_numbers(value):
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return sum(map(count_numbers, parts)) if parts is not None else isinstance(value, (int, float))


def nulls(value, name=""):
    """Dotted names of what is null in a metrics entry."""
    if isinstance(value, dict):
        return {n for key, part in value.items() if key != "unavailable"
                for n in nulls(part, f"{name}.{key}" if name else key)}
    if name == "pairs":
        return {n for pair in value for n in nulls(pair, f"pairs.{pair['i']}.{pair['j']}")}
    return {name} if value is None else set()


def compare_metrics(run, binary, options):
    program = json.loads(output_of([binary, "metrics", run, "--json", *options]))
    reference = json.loads(output_of([sys.executable, HERE / "reference.py", "metrics", run, *options]))
    for entry in reference["epochs"]:  # the program has these keys wherever they were asked for
        if "--per-pair" in options:
            entry.setdefault("pairs", [])
        if "--triples" in options:
            entry.setdefault("triples", None)
    found = differences(program, reference)
    for entry in program["epochs"]:
        reasons = set(entry["unavailable"])
        if entry["mixup"] and entry["mixup"]["valid"] is False:
            reasons.remove("mixup.valid")  # a reason that stands beside a value
        for name in sorted(nulls(entry) ^ reasons):
            found.append(f"epoch {entry['epoch']} {entry['split']}: {name} is null without a reason, or the reverse")
    return found, count_numbers(reference)


def compare_coordinates(run, binary, options):
    reference = output_of([sys.executable, HERE / "reference.py", "project", run, *options], may_refuse=True)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "coordinates.csv"
        accepted = output_of([binary, "project", run, *options, "-o", path], may_refuse=True) is not None
        program = path.read_text().splitlines() if accepted else None
        if accepted and "pca" in options:  # the same numbers in HDF5, a dataset a column
            output_of([binary, "project", run, *options, "-o", path.with_suffix(".h5")])
            with independent.h5py.File(path.with_suffix(".h5")) as columns:
                for n, name in enumerate(program[0].split(",")):
                    own = [float(line.split(",")[n]) for line in program[1:]]
                    if columns[name].dtype != "f8" or list(columns[name]) != own:
                        return [f"{name} differs between .csv and .h5"], 0
    if reference is None or program is None:
        same = reference is None and program is None
        return [] if same else [f"only {'the reference' if program is None else 'the program'} has coordinates"], 1
    reference = reference.splitlines()
    if program[0] != reference[0] or len(program) != len(reference):
        return [f"{len(program)} lines {program[0]}, the reference has {len(reference)} lines {reference[0]}"], 0
    names = reference[0].split(",")
    found = []
    for line, (mine, other) in enumerate(zip(csv.reader(program[1:]), csv.reader(reference[1:])), 2):
        found += [d for n, pair in zip(names, zip(map(float, mine), map(float, other))) for d in differences(*pair, f"line {line} {n}")]
    return found, len(names) * (len(reference) - 1)


def theory_point(classes, beta, lam, xi, xj):
    """What follows from the two logit gaps (for two classes from the logits themselves)."""
    np = independent.np
    z = np.zeros(classes)
    z[:2] = xi, xj
    z -= z.mean()
    log_p = z - np.logaddexp.reduce(z)
    label = np.zeros(classes)
    label[:2] = lam, 1 - lam
    p = np.exp(log_p)
    norm = float(np.linalg.norm(z))
    return {"lambda": lam, "x_i": xi, "x_j": xj, "p_i": float(p[0]), "p_j": float(p[1]),
            "p_rest": float(p[2]) if classes > 2 else None, "norm": norm,
            "objective": float(-label[:2] @ log_p[:2] + norm**2 / (2 * beta))}


def compare_theory(binary, seed):
    """Optima of random settings; whether all agree."""
    rng = independent.np.random.default_rng(seed)
    good = True
    for classes in (2, 3, 10, 200, *rng.integers(4, 1000, 4)):
        beta, lam = float(10 ** rng.uniform(-2, 5)), independent.np.sort(rng.random(9))
        words = ",".join(map(repr, map(float, lam)))
        program = json.loads(output_of([binary, "theory", "--classes", classes, "--beta", repr(beta), "--lambda", words, "--json"]))
        xi, xj = independent.mix_gaps(int(classes), beta, lam)
        expected = [theory_point(int(classes), beta, *numbers) for numbers in zip(map(float, lam), map(float, xi), map(float, xj))]
        found = differences(program["points"], expected)
        print(f"theory, {classes} classes, beta {beta:.4g}: {count_numbers(expected)} values, {len(found)} differ")
        for line in found:
            print("  " + line)
        good = good and not found
    return good


def compare_run(run, binary):
    """Prints what differs; whether nothing does."""
    info = json.loads(output_of([binary, "info", run, "--json"]))
    classes = len(info["classes"])
    layers = sorted({layer["name"] for split in info["splits"] for layer in split["layers"]} - {"penultimate"})
    cases = [
        (compare_metrics, ["--per-pair", "--triples"]),
        (compare_metrics, ["--epoch", "last", "--unbiased", "--weights", "centred", "--ece-bins", "10"]),
        (compare_coordinates, []),
        (compare_coordinates, ["--epoch", "last", "--basis", "means", "--classes", "0,1"]),
    ]
    if classes >= 3:
        for basis in ("kgon", "etf"):
            cases.append((compare_coordinates, ["--epoch", "last", "--basis", basis, "--classes", "2,0,1"]))
    if classes >= 4:
        cases.append((compare_coordinates, ["--classes", "3,0,2,1"]))
        cases.append((compare_coordinates, ["--epoch", "last", "--basis", "pca", "--classes", "1,0,2", "--all"]))
    cases.append((compare_coordinates, ["--basis", "pca", "--classes", "0,1"]))
    cases.append((compare_coordinates, ["--epoch", "last", "--basis", "probe", "--classes", "0,1"]))
    for layer in layers:
        cases.append((compare_metrics, ["--layer", layer]))
        for basis in ("means", "probe"):
            cases.append((compare_coordinates, ["--layer", layer, "--basis", basis, "--classes", "1,0"]))
    good = True
    for compare, options in cases:
        found, numbers = compare(run, binary, options)
        what = compare.__name__.removeprefix("compare_") + " " + " ".join(options)
        print(f"{pathlib.Path(run).name}: {what}: {numbers} values, {len(found)} differ")
        for line in found[:40]:
            print("  " + line)
        good = good and not found and numbers > 0
    return good


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    run, binary = sys.argv[1:]
    if run.startswith("random"):
        words = run.split(":")[1:]
        seed, count = int(words[0]) if words else 1, int(words[1]) if len(words) > 1 else 6
        with tempfile.TemporaryDirectory() as folder:
            good = [compare_run(path, binary) for path in edge_runs.write_random(pathlib.Path(folder), seed, count)]
        good.append(compare_theory(binary, seed))
        return 0 if all(good) else 1
    if run != "generated":
        return 0 if compare_run(run, binary) else 1
    with tempfile.TemporaryDirectory() as folder:
        good = [compare_run(path, binary) for path in edge_runs.write_all(pathlib.Path(folder))]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
