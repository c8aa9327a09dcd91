# shellcheck shell=bash disable=SC2034,SC2154  # sourced: its names are set and used elsewhere
# What can happen to hosts in mid-run, a function each. For sourcing by netns-cluster, which has begun a run of w1, w2, … when it calls one.
#
# A function does its harm, proves that it happened, undoes it, and leaves in $what a sentence for the table. What it waits for it waits
# for by name; the answer is checked afterwards, the same way for all.

readonly patience=120             # seconds at most for anything that must happen
readonly scenarios="undisturbed partition one-way loss slow-host slow-link delay kill stop coordinator failover"

describe_scenarios() {
  cat <<'END'
  undisturbed   nothing happens
  partition     w1 is cut off both ways until the coordinator has lost it and gone on, then healed; it joins again
  one-way       the same for packets from w1 alone, then for packets to w1 alone
  loss          5 % of all packets to and from every worker are lost
  slow-host     w1 gets a small part of a core (cgroup)
  slow-link     w1's link is narrowed (tbf)
  delay         packets to w1 come 20 ms late (netem; skipped where the kernel has none)
  kill          w1 is killed with SIGKILL and started anew
  stop          w1 is stopped with SIGSTOP until the coordinator has lost it, then goes on with SIGCONT
  coordinator   the coordinator is killed with SIGKILL and started anew; it goes on from its last checkpoint, workers find it by themselves
  failover      a standby on a host of its own; the coordinator's host is cut off, the standby takes over, the old one stands down
END
}

# worker_lost MARK, worker_joined MARK: what the coordinator has said of w1's process since.
worker_lost() { said "$leader" "$1" "^worker [0-9]+ \(.*/${process[w1]}\) lost"; }
worker_joined() { said "$leader" "$1" "^worker [0-9]+ \(.*/${process[w1]}\) joined"; }

# keeps_going: the others commit steps meanwhile.
keeps_going() { await "$patience" "steps without w1" at_step $(($(step) + 5)); }

scenario_undisturbed() { what="nothing happened"; }

# cut_off [from|to]: w1, until it was lost and has joined again.
cut_off() {
  local mark began=$SECONDS before
  mark=$(lines "$leader")
  before=$(dropped w1)
  lose w1 100 "$@"
  await "$patience" "the loss of w1, cut off" worker_lost "$mark"
  keeps_going
  heal w1
  mark=$(lines "$leader")
  await "$patience" "w1's return" worker_joined "$mark"
  lost_packets=$(($(dropped w1) - before))
  [ "$lost_packets" -gt 0 ] || fail "w1 was to be cut off, and no packet was dropped"
  away=$((SECONDS - began))
}

scenario_partition() {
  cut_off
  what="w1 cut off: $lost_packets packets dropped; lost, and back after $away s"
}

scenario_one-way() {
  cut_off from
  what="from w1 nothing came: $lost_packets packets dropped; back after $away s"
  cut_off to
  what+="; then nothing to it: $lost_packets, $away s"
}

scenario_loss() {
  local host before after all=0
  before=$(step)
  for host in "${workers[@]}"; do lose "$host" 5; done
  sleep "$fault_seconds"
  await "$patience" "steps while packets are lost" at_step $((before + 5))
  for host in "${workers[@]}"; do
    heal "$host"
    all=$((all + $(dropped "$host")))
  done
  after=$(step)
  [ "$all" -gt 0 ] || fail "5 % of the packets were to be lost, and none was"
  what="$all packets lost in $fault_seconds s, $((after - before)) steps meanwhile"
}

is_throttled() { [ "$(throttled w1)" -gt 0 ]; }

scenario_slow-host() {
  local before
  if ! slow_down w1 "$slow_share"; then what="skipped: no cpu cgroup here"; return; fi
  before=$(step)
  sleep "$fault_seconds"
  await "$patience" "w1 held back" is_throttled
  full_speed w1
  what="w1 at $slow_share % of a core, held back $(throttled w1) times, $(($(step) - before)) steps meanwhile"
}

scenario_slow-link() {
  local before
  before=$(step)
  narrow w1 "$slow_rate"
  sleep "$fault_seconds"
  [ "$(held_back w1)" -gt 0 ] || fail "w1's link was to be narrow, and no packet ever waited"
  what="w1's link at $slow_rate for $fault_seconds s: packets waited $(held_back w1) times, $(($(step) - before)) steps meanwhile"
  narrow w1 "$rate"
}

scenario_delay() {
  local before
  if ! delay w1 20; then what="skipped: this kernel has no netem"; return; fi
  before=$(step)
  sleep "$fault_seconds"
  what="packets to w1 20 ms late for $fault_seconds s, $(($(step) - before)) steps meanwhile"
  narrow w1 "$rate"
}

scenario_kill() {
  local mark id=${process[w1]}
  mark=$(lines "$leader")
  kill_now w1
  await "$patience" "the loss of w1, killed" said "$leader" "$mark" "^worker [0-9]+ \(.*/$id\) lost"
  keeps_going
  mark=$(lines "$leader")
  start_worker w1
  await "$patience" "the new w1" worker_joined "$mark"
  what="w1 killed in step $(step), a new one joined"
}

scenario_stop() {
  local mark began=$SECONDS
  mark=$(lines "$leader")
  kill -STOP "${process[w1]}"
  await "$patience" "the loss of w1, stopped" worker_lost "$mark"
  keeps_going
  mark=$(lines "$leader")
  kill -CONT "${process[w1]}"
  await "$patience" "w1's return" worker_joined "$mark"
  what="w1 stopped, lost, and back after $((SECONDS - began)) s"
}

scenario_coordinator() {
  local mark before
  await "$patience" "a checkpoint" has_checkpoint
  before=$(step)
  kill_now coordinator
  mark=$(lines coordinator)
  start_coordinator
  await "$patience" "the resumed coordinator" said coordinator "$mark" '^going on from'
  await "$patience" "w1's return" worker_joined "$mark"
  what="coordinator killed in step $before, $(went_on_from "$mark")"
}

scenario_failover() {
  local before code
  start_standby
  await "$patience" "the standby" said "$standby" 0 '^standing by: .* leads the run'
  await "$patience" "a checkpoint" has_checkpoint
  before=$(step)
  lose coordinator 100
  leader=$standby needed=$standby
  await "$patience" "the standby's turn" said "$standby" 0 '^this standby takes over'
  await "$patience" "w1 at the standby" worker_joined 0
  # The old one runs still, without its workers. It sees in the checkpoint folder that another one leads.
  await "$patience" "the old coordinator's end" has_ended coordinator
  reap coordinator
  code=$?
  [ "$code" = 1 ] || fail "the old coordinator was to stand down and ended with exit code $code"
  grep -q '^This coordinator stands down' "$logs/coordinator.err" || fail "the old coordinator did not say that it stands down"
  heal coordinator
  what="coordinator cut off in step $before; the standby $(went_on_from 0); the old one stood down"
}
