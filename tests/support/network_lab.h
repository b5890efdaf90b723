#pragma once

#include <string>

namespace test_support {

/// Hosts on one Ethernet, each a network namespace of its own with the address 10.77.0.<number>,
/// and no way to anywhere else. Needs root and iproute2.
class NetworkLab {
 public:
  /// `hosts` of them, numbered from 1. Labs of test programs that were killed are cleared away.
  explicit NetworkLab(int hosts);
  /// Kills what runs on the hosts.
  ~NetworkLab();
  NetworkLab(const NetworkLab&) = delete;
  NetworkLab& operator=(const NetworkLab&) = delete;

  /// Why the namespaces could not be made; empty where they were.
  [[nodiscard]] const std::string& failure() const { return failure_; }
  /// The name of the network namespace.
  [[nodiscard]] std::string host(int number) const;
  [[nodiscard]] static std::string address(int number);

 private:
  int hosts_;
  std::string failure_;
};

}  // namespace test_support
