#!/usr/bin/env bash
# replay.sh PYTHON NAME PROGRAM: makes the seeds of a target and replays them and its regressions.
set -eu
python=$1 name=$2 program=$3
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" "$here/seeds.py" "$name" "$work/seeds"
folders=("$work/seeds")
[[ ! -d $here/regressions/$name ]] || folders+=("$here/regressions/$name")
"$program" "${folders[@]}"
