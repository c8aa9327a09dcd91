# shellcheck shell=bash disable=SC2034,SC2154  # sourced: its names are set and used elsewhere
# Processes of a run: started, followed by what they print, ended by their ids. For sourcing, with $logs and $root set.
#
# A process has a name (coordinator, w1, w2, …) and may have several lives. What it prints in all of them is in $logs/NAME.out and
# $logs/NAME.err. It dies with the script that started it, however that ends (PR_SET_PDEATHSIG).

readonly poll_seconds=0.1         # between two looks at something that tells nobody when it changes
declare -A process=()             # name -> id of its present life
declare -a prefix=()              # command that the next process is started under: nsenter, for a host of its own
needed=""                         # name of the process without which nothing that is waited for can happen

# say SENTENCE: to standard error; standard output holds the table alone.
say() { printf '%s\n' "$*" >&2; }

# fail SENTENCE: ends the script; its trap takes away what it made.
fail() {
  local log
  say "FAILED: $*"
  for log in "$logs"/*.out "$logs"/*.err; do
    [ -s "$log" ] || continue
    say "--- the end of ${log##*/}:"
    grep -v ' committed (epoch' "$log" | tail -n 12 >&2
  done
  exit 1
}

# find_tool: the executable built last in this checkout, unless $DISTRIBUTED names one.
find_tool() {
  local found
  # shellcheck disable=SC2012  # names of ours, without line breaks; ls sorts by time
  found=${DISTRIBUTED:-$(ls -t "$root"/src/Coordinator/bin/*/net10.0/Distributed.Coordinator 2>/dev/null | head -n 1)}
  if [ ! -x "$found" ]; then
    say "there is no executable${found:+ $found}: build it with \"dotnet build src/Coordinator\", or name one in DISTRIBUTED"
    return 2
  fi
  printf '%s\n' "$found"
}

# launch NAME ARGUMENT…: the executable, in the background.
launch() {
  local name=$1
  shift
  "${prefix[@]}" setpriv --pdeathsig KILL "$tool" "$@" </dev/null >>"$logs/$name.out" 2>>"$logs/$name.err" &
  process[$name]=$!
}

# runs NAME: it is there and has not ended.
runs() { [ -n "${process[$1]:-}" ] && kill -0 "${process[$1]}" 2>/dev/null; }

has_ended() { ! runs "$1"; }

# kill_now NAME: SIGKILL at once, whatever it is doing.
kill_now() {
  kill -KILL "${process[$1]}"
  reap "$1" || true
}

# reap NAME: waits for its end; its exit code.
reap() {
  local id=${process[$1]}
  unset "process[$1]"
  { wait "$id"; } 2>/dev/null   # bash tells of killed jobs there
}

# kill_all: every process that still runs, stopped ones too.
kill_all() {
  local name
  for name in "${!process[@]}"; do kill_now "$name" 2>/dev/null; done
}

# await SECONDS WHAT COMMAND…: until the command succeeds. No use waiting when the run is over.
await() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || fail "$what: waited in vain"
    [ -z "$needed" ] || runs "$needed" || fail "$what: the $needed ended before; a run that is done too early needs more epochs"
    sleep "$poll_seconds"
  done
}

# lines NAME: how much it has printed; a mark for "said".
lines() { wc -l <"$logs/$1.out"; }

# said NAME MARK PATTERN: a line after the mark matches.
said() { tail -n "+$(($2 + 1))" "$logs/$1.out" | grep -qE "$3"; }

# step: the last one committed, by any life of any coordinator; 0 before the first.
step() {
  local last
  last=$(tail -qn 40 "$logs"/coordinator*.err 2>/dev/null | sed -nE 's/.* step ([0-9]+) committed .*/\1/p' | tail -n 1)
  printf '%s\n' "${last:-0}"
}

at_step() { [ "$(step)" -ge "$1" ]; }

# has_checkpoint: a whole one is in $checkpoints.
has_checkpoint() { compgen -G "$checkpoints/step-*.safetensors" >/dev/null; }

# went_on_from MARK: what the coordinator has said of its checkpoint since.
went_on_from() { tail -n "+$(($1 + 1))" "$logs/${leader:-coordinator}.out" | sed -nE 's/^going on from .*: (step [0-9]+) of.*/went on from \1/p'; }

# fingerprint_in FILE
fingerprint_in() { sed -nE 's/^fingerprint +([0-9a-f]{64})$/\1/p' "$1" | tail -n 1; }

# undisturbed ARGUMENT…: the fingerprint of the same job in one process with one worker, without a network.
undisturbed() {
  "$tool" train "$@" --in-process --workers 1 >"$logs/undisturbed.out" 2>"$logs/undisturbed.err" </dev/null \
    || fail "the undisturbed run ended with exit code $?"
  fingerprint_in "$logs/undisturbed.out"
}
