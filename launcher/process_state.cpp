#include "launcher/process_state.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <new>

#include "launcher/console.h"
#include "launcher/exit_code.h"

namespace launcher {
namespace {

constexpr std::array kStopSignals{SIGTERM, SIGINT, SIGHUP};

}  // namespace

SignalMask::SignalMask() {
  sigprocmask(SIG_SETMASK, nullptr, &mask_);
}
void SignalMask::restore() const {
  sigprocmask(SIG_SETMASK, &mask_, nullptr);
}

sigset_t hold_signals() {
  sigset_t held;
  sigfillset(&held);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS})
    sigdelset(&held, fault);
  for (const int job_control : {SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT}) sigdelset(&held, job_control);
  sigprocmask(SIG_BLOCK, &held, nullptr);
  return held;
}

bool asks_to_stop(int signal) {
  return std::find(kStopSignals.begin(), kStopSignals.end(), signal) != kStopSignals.end();
}

void allow_group_to_write() {
  umask(0002);
}

StopSignalsHeld::StopSignalsHeld() {
  sigset_t stop;
  sigemptyset(&stop);
  for (const int signal : kStopSignals) sigaddset(&stop, signal);
  sigprocmask(SIG_BLOCK, &stop, nullptr);
}

void open_missing_standard_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
    // The lowest free descriptor is the one that open gives, which here is fd itself.
    if (fcntl(fd, F_GETFD) == -1 &&
        open("/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY) != fd)
      return;
}

void forbid_memory_access() {
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void end_where_memory_lacks() {
  std::set_new_handler([] {
    // Without what the message's other form would need: memory.
    console::write_text(STDERR_FILENO,
                        "error: there is not enough memory to go on\n"
                        "hint: raise the limit (ulimit -v, MemoryMax= of a unit, --memory of a "
                        "container); the next start undoes or completes what this one began\n");
    _exit(exit_code_of(base::ErrorKind::kInternal));
  });
}

SigpipeIgnored::SigpipeIgnored() : before_(std::signal(SIGPIPE, SIG_IGN)) {}
SigpipeIgnored::~SigpipeIgnored() {
  std::signal(SIGPIPE, before_);
}

}  // namespace launcher
