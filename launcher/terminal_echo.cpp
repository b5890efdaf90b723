#include "launcher/terminal_echo.h"

#include <poll.h>

#include <cerrno>

namespace launcher {
namespace {

volatile sig_atomic_t caught_signal = 0;

void remember(int signal) {
  caught_signal = signal;
}

}  // namespace

EchoOff::EchoOff(int terminal_fd) : fd_(terminal_fd) {
  active_ = tcgetattr(fd_, &settings_before_) == 0;
  caught_signal = 0;
  sigset_t blocked{};
  sigemptyset(&blocked);
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], nullptr, &actions_before_[i]);
    if (actions_before_[i].sa_handler == SIG_IGN) continue;  // stays ignored
    struct sigaction noted{};
    noted.sa_handler = remember;
    sigaction(kSignals[i], &noted, nullptr);
    sigaddset(&blocked, kSignals[i]);
  }
  // Blocked but for the wait itself, so that none comes between a look at it and the read.
  sigprocmask(SIG_BLOCK, &blocked, &mask_before_);
  if (!active_) return;
  termios silent = settings_before_;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(fd_, TCSAFLUSH, &silent);
}

EchoOff::~EchoOff() {
  if (active_) tcsetattr(fd_, TCSAFLUSH, &settings_before_);
  for (std::size_t i = 0; i < kSignals.size(); ++i)
    sigaction(kSignals[i], &actions_before_[i], nullptr);
  sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
  if (caught_signal != 0) raise(caught_signal);
}

bool EchoOff::wait_for_input() const {
  pollfd input{fd_, POLLIN, 0};
  while (ppoll(&input, 1, nullptr, &mask_before_) < 0)
    if (errno != EINTR || caught_signal != 0) return false;
  return true;
}

}  // namespace launcher
