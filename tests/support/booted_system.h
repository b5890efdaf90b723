#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/support/background_process.h"
#include "tests/support/child_process.h"

namespace test_support {

/// A minimal Debian in a container, with a real systemd as PID 1. What is written in it is gone
/// with it.
class BootedSystem {
 public:
  /// `options` go to systemd-nspawn, such as "--bind=FROM:TO". nullptr, with a SKIPPED line for
  /// `test`, where the tools are missing or the caller is not root.
  static std::unique_ptr<BootedSystem> boot(const std::string& test,
                                            const std::vector<std::string>& options);
  ~BootedSystem();
  BootedSystem(const BootedSystem&) = delete;
  BootedSystem& operator=(const BootedSystem&) = delete;

  /// Runs a line of shell in it.
  ChildResult run(const std::string& line) const;
  /// Runs a program of this machine in its network.
  [[nodiscard]] ChildResult run_in_network(std::vector<std::string> argv) const;

 private:
  BootedSystem(std::string name, std::unique_ptr<BackgroundProcess> nspawn)
      : name_(std::move(name)), nspawn_(std::move(nspawn)) {}

  std::string name_;
  std::unique_ptr<BackgroundProcess> nspawn_;
  pid_t init_ = 0;
};

}  // namespace test_support
