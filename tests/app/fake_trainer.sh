#!/bin/bash
# Stands in for ncscope-train in tests: FAKE_RUN is a finished run to copy epochs from, FAKE_MODE what happens.
while [ $# -gt 0 ]; do
    [ "$1" = -o ] && out=$2
    [ "$1" = --resume ] && resumed=1
    [ "$1" = --dry-run ] && dry=1
    shift
done
if [ -n "$dry" ]; then
    [ "$FAKE_MODE" = slow ] && sleep 60
    trial='{"device":"cpu","steps":5,"seconds_per_step":0.1,"images_per_second":1280}'
    recording='{"seconds_per_epoch":15.4,"share":0.1,"advice":"probe_samples makes recorded epochs smaller"}'
    [ "$FAKE_MODE" = refuse ] || echo '{"seconds_per_epoch":150.0,"recording":'"$recording"',"trial":'"$trial"',"unavailable":{}}'
    [ "$FAKE_MODE" = refuse ] && echo '{"seconds_per_epoch":null,"trial":null,"unavailable":{"seconds_per_epoch":"no GPU"}}'
    exit 0
fi
state() {
    printf '{"title": "fake", "config": null, "state": "%s", "pid": %d, "host": "%s", "updated": "%s"}\n' \
        "$1" $$ "$(uname -n)" "$(date -u +%FT%TZ)" > "$out/run.json.part"
    mv "$out/run.json.part" "$out/run.json"
}
if [ "$FAKE_MODE" = refuse ]; then
    echo "ncscope-train: error: no such device: cuda:7" >&2
    echo '{"type":"error","message":"no such device: cuda:7"}'
    exit 3
fi
mkdir -p "$out/epochs" "$out/checkpoints"
[ -z "$resumed" ] && cp "$FAKE_RUN/run.h5" "$out/run.h5"
state running
echo '{"type":"started","protocol":1,"device":"cpu","epochs":7}'
trap 'touch "$out/checkpoints/last.pt"; state stopped; echo "{\"type\":\"finished\",\"reason\":\"stopped\"}"; exit 0' TERM
trap 'echo "snapshot asked" >&2' USR1
for epoch in 0 1 2; do
    cp "$FAKE_RUN/epochs/00000$epoch.h5" "$out/epochs/00000$epoch.h5.part"
    mv "$out/epochs/00000$epoch.h5.part" "$out/epochs/00000$epoch.h5"
    echo "epoch $epoch/7  train_loss 0.5" >&2
    echo "{\"type\":\"epoch\",\"epoch\":$epoch,\"file\":\"epochs/00000$epoch.h5\"}"
done
echo '{"type":"batch","epoch":3,"step":20,"steps":40,"loss":0.914,"images_per_second":5120}'
if [ "$FAKE_MODE" = crash ]; then
    echo "RuntimeError: out of luck" >&2
    exit 9
fi
for _ in $(seq 600); do # at most a minute
    sleep 0.1
done
