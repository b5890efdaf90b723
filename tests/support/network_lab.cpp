#include "tests/support/network_lab.h"

#include <unistd.h>

#include "tests/support/child_process.h"

namespace test_support {

namespace {

bool run(const std::string& commands) {
  return run_child({{"/bin/sh", "-ec", commands}, "", {}, "/"}).exit_code == 0;
}

}  // namespace

std::string NetworkLab::host(int number) const {
  return "esboot-" + std::to_string(getpid()) + "-" + std::to_string(number);
}

NetworkLab::NetworkLab(int hosts) : hosts_(hosts) {
  // Host 0 is the switch.
  std::string commands = "ip netns add " + host(0) + "; ip -n " + host(0) +
                         " link add br0 type bridge; ip -n " + host(0) + " link set br0 up\n";
  for (int i = 1; i <= hosts_; ++i) {
    const std::string port = "port" + std::to_string(i);
    commands += "ip netns add " + host(i) + "; ip -n " + host(i) + " link set lo up\n" +  //
                "ip link add eth0 netns " + host(i) + " type veth peer name " + port + " netns " +
                host(0) + "\n" +                                                 //
                "ip -n " + host(0) + " link set " + port + " master br0 up\n" +  //
                "ip -n " + host(i) + " addr add 10.77.0." + std::to_string(i) + "/24 dev eth0\n" +
                "ip -n " + host(i) + " link set eth0 up\n";
  }
  ready_ = run(commands);
}

NetworkLab::~NetworkLab() {
  for (int i = 0; i <= hosts_; ++i) run("ip netns del " + host(i) + " 2>&- || true");
}

}  // namespace test_support
