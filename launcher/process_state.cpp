#include "launcher/process_state.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>

namespace launcher {

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

SigpipeIgnored::SigpipeIgnored() : before_(std::signal(SIGPIPE, SIG_IGN)) {}
SigpipeIgnored::~SigpipeIgnored() {
  std::signal(SIGPIPE, before_);
}

}  // namespace launcher
