#pragma once

#include <signal.h>
#include <termios.h>

#include <array>

namespace launcher {

/// Keeps a terminal from showing what is typed, while it lives. A signal that ends the program
/// meanwhile takes effect only after the echo is back: the shell that follows needs it.
class EchoOff {
 public:
  explicit EchoOff(int terminal_fd);
  ~EchoOff();
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;

  /// Waits for something to read. False: such a signal came instead; the destructor lets it act.
  [[nodiscard]] bool wait_for_input() const;

 private:
  static constexpr std::array<int, 4> kSignals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};

  int fd_;
  bool active_ = false;
  termios settings_before_{};
  sigset_t mask_before_{};
  std::array<struct sigaction, kSignals.size()> actions_before_{};
};

}  // namespace launcher
