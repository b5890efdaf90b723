#include "tests/support/network_lab.h"

#include <unistd.h>

#include "base/text.h"
#include "tests/support/child_process.h"

namespace test_support {

namespace {

constexpr const char* kPrefix = "esboot-lab-";

/// A function of the shell that ends what runs in the namespace $1, and the namespace.
constexpr const char* kClear =
    "clear() { for pid in $(ip netns pids \"$1\"); do kill -9 \"$pid\" || true; done;"
    " ip netns del \"$1\"; }\n";

/// What it said on stderr, where it failed.
std::string run(const std::string& commands) {
  const auto done = run_child({{"/bin/sh", "-ec", kClear + commands}, "", {}, "/"});
  if (done.exit_code == 0) return "";
  return "network namespaces cannot be made: " + std::string(base::trim(done.err));
}

/// A name is <prefix><pid of the test program>-<host>.
std::string clear_abandoned() {
  const std::string prefix = kPrefix;
  return "for name in $(ip netns list | grep -o '^" + prefix + "[0-9]*-[0-9]*'); do\n" +
         "  pid=${name#" + prefix + "}; [ -e \"/proc/${pid%-*}\" ] || clear \"$name\"\ndone\n";
}

}  // namespace

std::string NetworkLab::host(int number) const {
  return kPrefix + std::to_string(getpid()) + "-" + std::to_string(number);
}

std::string NetworkLab::address(int number) {
  return "10.77.0." + std::to_string(number);
}

NetworkLab::NetworkLab(int hosts) : hosts_(hosts) {
  // Host 0 is the switch.
  std::string commands = clear_abandoned() + "ip netns add " + host(0) + "\nip -n " + host(0) +
                         " link add br0 type bridge\nip -n " + host(0) + " link set br0 up\n";
  for (int i = 1; i <= hosts_; ++i) {
    const std::string port = "port" + std::to_string(i);
    const std::string ip = "ip -n " + host(i);
    commands += "ip netns add " + host(i) + "\n" + ip + " link set lo up\n" +  //
                "ip link add eth0 netns " + host(i) + " type veth peer name " + port + " netns " +
                host(0) + "\n" +                                                 //
                "ip -n " + host(0) + " link set " + port + " master br0 up\n" +  //
                ip + " addr add " + address(i) + "/24 dev eth0\n" + ip + " link set eth0 up\n";
  }
  failure_ = run(commands);
}

NetworkLab::~NetworkLab() {
  for (int i = 0; i <= hosts_; ++i)
    (void)run("[ ! -e /run/netns/" + host(i) + " ] || clear " + host(i) + "\n");
}

}  // namespace test_support
