# shellcheck shell=bash disable=SC2034,SC2154  # sourced: its names are set and used elsewhere
# Hosts on one machine: a network namespace each, joined by veth pairs to a bridge in a namespace of its own. For sourcing.
#
#   ns -coordinator      ns -switch                    ns -w1
#   eth0 10.77.0.10 ──── port coordinator ─┐    ┌─ port w1 ──── eth0 10.77.0.11
#                                          bridge
#
# No interface and no route is made outside these namespaces, and none leads out of them.
# Faults are laid on a host's port at the switch, so the host itself sees nothing but silence, as with a pulled cable:
# classic BPF programs at the port's ingress (from the host) and egress (to the host), which need no kernel module beyond
# cls_bpf; tbf for the speed; netem for delay, where the kernel has it.

readonly net=distributed-$$       # first part of every name made here
declare -a cgroups=()             # made for slow hosts

# unsupported: why hosts cannot be made here; nothing where they can.
unsupported() {
  local program
  [ "$(uname -s)" = Linux ] || { echo "network namespaces are Linux's"; return; }
  [ "$(id -u)" = 0 ] || { echo "making network namespaces needs root"; return; }
  for program in ip tc nsenter setpriv; do
    command -v "$program" >/dev/null || { echo "there is no $program (packages iproute2 and util-linux)"; return; }
  done
  ip netns add "$net-probe" 2>/dev/null || { echo "this kernel or container allows no network namespaces"; return; }
  if ! { ip -n "$net-probe" link add name bridge type bridge && ip -n "$net-probe" link add name a type veth peer name b; } 2>/dev/null; then
    echo "this kernel has no bridge or no veth"
  elif ! { tc -n "$net-probe" qdisc add dev a clsact && filter "$net-probe" a egress "$(dropping 50)"; } 2>/dev/null; then
    echo "this kernel has no clsact or no cls_bpf"
  fi
  ip netns delete "$net-probe"
}

# make_switch, make_host NAME ADDRESS [RATE]
make_switch() {
  ip netns add "$net-switch"
  ip -n "$net-switch" link add name bridge type bridge
  ip -n "$net-switch" link set bridge up
}

make_host() {
  local host=$1 ns=$net-$1
  ip netns add "$ns"
  ip -n "$net-switch" link add "$host" type veth peer name eth0 netns "$ns"
  ip -n "$net-switch" link set "$host" master bridge up gso_max_segs 1   # one packet is one packet: lost ones too
  ip -n "$ns" link set lo up
  ip -n "$ns" link set eth0 up gso_max_segs 1
  ip -n "$ns" address add "$2/24" dev eth0
  tc -n "$net-switch" qdisc add dev "$host" clsact
  [ -z "${3:-}" ] || narrow "$host" "$3"
}

# on_host NAME: the next process starts there.
on_host() { prefix=(nsenter "--net=/run/netns/$net-$1"); }

# remove_hosts: and the slow ones' groups; their processes must have ended.
remove_hosts() {
  local ns group
  for ns in $(ip netns list 2>/dev/null | awk -v net="$net" 'index($1, net "-") == 1 { print $1 }'); do ip netns delete "$ns"; done
  for group in "${cgroups[@]}"; do rmdir "$group" 2>/dev/null; done
  return 0
}

# dropping PERCENT: a program that drops that part of all packets: TC_ACT_SHOT is 2, TC_ACT_OK is 0; the number drawn is of 32 bits.
dropping() {
  if [ "$1" = 100 ]; then
    echo '1,6 0 0 2'
  else   # ld [SKF_AD_OFF + SKF_AD_RANDOM]; jge #threshold, ok, shot; ok: ret #0; shot: ret #2
    echo "4,32 0 0 4294963256,53 0 1 $((4294967296 * $1 / 100)),6 0 0 0,6 0 0 2"
  fi
}

# filter NAMESPACE PORT ingress|egress PROGRAM
filter() { tc -n "$1" filter add dev "$2" "$3" bpf direct-action bytecode "$4"; }

# lose HOST PERCENT [from|to]: of the packets from it, to it, or both; 100 cuts it off.
lose() {
  [ "${3:-from}" = to ] || filter "$net-switch" "$1" ingress "$(dropping "$2")"
  [ "${3:-to}" = from ] || filter "$net-switch" "$1" egress "$(dropping "$2")"
}

# heal HOST: no more losses.
heal() {
  tc -n "$net-switch" filter delete dev "$1" ingress
  tc -n "$net-switch" filter delete dev "$1" egress
}

# dropped HOST: packets lost at its port so far, both ways.
dropped() { tc -n "$net-switch" -s qdisc show dev "$1" clsact | sed -nE 's/.*\(dropped ([0-9]+).*/\1/p'; }

# narrow HOST RATE: its link, both ways.
narrow() {
  tc -n "$net-$1" qdisc replace dev eth0 root tbf rate "$2" burst 32kbit latency 400ms
  tc -n "$net-switch" qdisc replace dev "$1" root tbf rate "$2" burst 32kbit latency 400ms
}

# held_back HOST: how often its link's rate made a packet wait.
held_back() { { tc -n "$net-$1" -s qdisc show dev eth0; tc -n "$net-switch" -s qdisc show dev "$1" root; } |
  sed -nE 's/.*overlimits ([0-9]+).*/\1/p' | awk '{ sum += $1 } END { print sum + 0 }'; }

# delay HOST MILLISECONDS: of every packet to it; fails where the kernel has no netem.
delay() { tc -n "$net-switch" qdisc replace dev "$1" root netem delay "$2ms" 2>/dev/null; }

# cpu_group HOST: where its processes' share of the processor is set; fails where the system has no such thing.
cpu_group() {
  if grep -qw cpu /sys/fs/cgroup/cgroup.subtree_control 2>/dev/null; then
    echo "/sys/fs/cgroup/$net-$1"
  elif [ -e /sys/fs/cgroup/cpu/cpu.cfs_quota_us ]; then
    echo "/sys/fs/cgroup/cpu/$net-$1"
  else
    return 1
  fi
}

# slow_down HOST PERCENT: its process gets that part of one core from now on.
slow_down() {
  local group
  group=$(cpu_group "$1") || return
  mkdir "$group" || return
  cgroups+=("$group")
  if [ -e "$group/cpu.max" ]; then
    echo "$(($2 * 1000)) 100000" >"$group/cpu.max"
  else
    echo 100000 >"$group/cpu.cfs_period_us"
    echo $(($2 * 1000)) >"$group/cpu.cfs_quota_us"
  fi
  echo "${process[$1]}" >"$group/cgroup.procs"
}

# full_speed HOST
full_speed() {
  local group
  group=$(cpu_group "$1")
  if [ -e "$group/cpu.max" ]; then echo max >"$group/cpu.max"; else echo -1 >"$group/cpu.cfs_quota_us"; fi
}

# throttled HOST: how often it had used up its share of the processor.
throttled() { sed -nE 's/^nr_throttled ([0-9]+)$/\1/p' "$(cpu_group "$1")/cpu.stat"; }
