#pragma once

#include <string>

namespace test_support {

/// Hosts on one Ethernet, each a network namespace of its own with the address 10.77.0.<number>,
/// and no way to anywhere else. Needs root and iproute2.
class NetworkLab {
 public:
  /// `hosts` of them, numbered from 1.
  explicit NetworkLab(int hosts);
  ~NetworkLab();
  NetworkLab(const NetworkLab&) = delete;
  NetworkLab& operator=(const NetworkLab&) = delete;

  /// False where the namespaces could not be made.
  [[nodiscard]] bool ready() const { return ready_; }
  [[nodiscard]] std::string host(int number) const;

 private:
  int hosts_;
  bool ready_ = false;
};

}  // namespace test_support
