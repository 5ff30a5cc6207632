// A cluster of two machines that Slurm rules, within this one: a controller and two nodes, each with a network, a name, and
// shared memory of its own, joined by a virtual switch. Everything, daemons, networks and mounts, belongs to one namespace
// of processes, whose end ends it all, however it comes.

import CommandRunning
import Foundation

/// Two machines and their scheduler.
enum Cluster {
  /// The programs that it needs. Debian has them in slurm-wlm, munge, openmpi-bin, iproute2, procps, and util-linux.
  static let programs = [
    "slurmctld", "slurmd", "srun", "scancel", "sinfo", "munged", "mpirun", "ip", "unshare", "nsenter",
    "pgrep",
  ]

  /// Why there can't be one here; nil if there can.
  static func obstacle() -> String? {
    guard geteuid() == 0 else { return "only root can start machines of Slurm" }
    do {
      let result = try Workshop().onCluster("srun --mpi=pmix -N 2 -n 2 true", timeout: 60)
      guard result.exit != 0 else { return nil }
      let reason = result.stderr.split(separator: "\n").first ?? "no message"
      return "a cluster can't be started (Debian: slurm-wlm munge libpmix-dev iproute2): \(reason)"
    } catch {
      return "\(error)"
    }
  }

  /// Starts the cluster, and runs the file that is named by the first argument on the controller, in the same folder. The
  /// nodes `node1` and `node2` see the files of this machine, but have sockets and logs of their own in `/run/node1` and
  /// `/run/node2`; `/run` is a new one.
  static let script = """
    mount -t tmpfs tmpfs /run
    mkdir -m 755 /run/munge /run/node1 /run/node2
    printf '127.0.0.1 localhost\\n10.0.0.1 control\\n10.0.0.11 node1\\n10.0.0.12 node2\\n' > /run/hosts
    mount --bind /run/hosts /etc/hosts
    hostname control
    ip link set lo up && ip link add switch type bridge && ip address add 10.0.0.1/24 dev switch || exit
    ip link set switch up

    (umask 077; head -c 128 /dev/urandom > /run/munge/key)
    munged --key-file=/run/munge/key --pid-file=/run/munge/pid --log-file=/run/munge/log --seed-file=/run/munge/seed \\
      --socket=/run/munge/munge.socket.2 || exit
    cat > /run/slurm.conf <<'END'
    ClusterName=torture
    SlurmctldHost=control
    SlurmUser=root
    AuthInfo=socket=/run/munge/munge.socket.2
    StateSaveLocation=/run/state
    SlurmctldPidFile=/run/slurmctld.pid
    SlurmctldLogFile=/run/slurmctld.log
    SlurmdPidFile=/run/%n/slurmd.pid
    SlurmdLogFile=/run/%n/slurmd.log
    SlurmdSpoolDir=/run/%n/spool
    TmpFS=/run/%n
    SlurmdParameters=config_overrides
    ProctrackType=proctrack/linuxproc
    TaskPlugin=task/none
    MpiDefault=none
    # How long a task that was asked to end may take, in seconds.
    KillWait=5
    NodeName=node1,node2 CPUs=2
    PartitionName=all Nodes=node1,node2 Default=YES
    END
    export SLURM_CONF=/run/slurm.conf
    slurmctld -D > /run/slurmctld.out 2>&1 &
    for n in 1 2; do
      unshare --net --uts --ipc --mount bash -c '
        hostname node$1
        mount -t tmpfs tmpfs /dev/shm
        ip link set lo up
        ip link add eth0 type veth peer name node$1 netns 1
        ip address add 10.0.0.1$1/24 dev eth0
        ip link set eth0 up
        nsenter -t 1 -n ip link set node$1 master switch up
        exec slurmd -D -N node$1' bash $n > /run/node$n/out 2>&1 &
      echo $! > /run/node$n/pid
    done
    for i in $(seq 300); do test "$(sinfo -h -o %D -t idle 2> /run/sinfo)" = 2 && break; sleep 0.1; done
    test $i -lt 300 || { cat /run/sinfo /run/*.out /run/node?/out | grep -i error >&2; exit 1; }

    # The process of a task, by its number.
    task() {
      for p in $(pgrep -x rnn-train); do tr '\\0' '\\n' < /proc/$p/environ | grep -qx PMIX_RANK=$1 && echo $p; done
    }
    # Takes the link of a machine down; or the machine itself, without a word to the others.
    cut_link() { ip link set $1 down; }
    lose() { cut_link $1; kill -9 $(pgrep --ns $(< /run/$1/pid) --nslist net); }
    . $1
    """
}

extension Workshop {
  /// Runs a line on the controller of a new cluster, in an empty folder as `attempt` does. The cluster ends with the line, or
  /// with this process.
  func onCluster(_ line: String, timeout: Int) throws -> CommandResult {
    try write(Array(Cluster.script.utf8), to: "cluster")
    return try attempt(
      """
      cat > line <<'END'
      \(line)
      END
      unshare --mount --net --uts --ipc --pid --fork --kill-child --mount-proc bash $S/cluster ./line & cluster=$!
      (tail --pid=\(getpid()) -f /dev/null; kill -9 $cluster) &
      wait $cluster
      """, timeout: timeout)
  }
}
