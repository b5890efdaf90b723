#include "launcher/daemon.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

namespace launcher {
namespace {

/// Blocks until the relay reports the node ready, or everybody who could has ended.
int wait_for_node(pid_t node, int ready_fd) {
  char byte = 0;
  ssize_t got = 0;
  while ((got = ::read(ready_fd, &byte, 1)) < 0 && errno == EINTR) continue;
  if (got == 1) return 0;
  int status = 0;
  while (waitpid(node, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

base::Result<DaemonFork> fork_daemon(std::span<base::Secret* const> secrets) {
  std::array<int, 2> ready{};
  if (pipe2(ready.data(), O_CLOEXEC) != 0)
    return base::Error{base::ErrorKind::kInternal, "cannot create a pipe", "", errno};
  const pid_t node = fork();
  if (node < 0)
    return base::Error{base::ErrorKind::kInternal,
                       std::string("cannot fork for --daemonize: ") + std::strerror(errno),
                       "check the limit of processes (ulimit -u)", errno};
  if (node == 0) {
    close(ready[0]);
    return DaemonFork{false, 0, ready[1]};
  }
  close(ready[1]);
  for (base::Secret* const secret : secrets) secret->wipe();
  return DaemonFork{true, wait_for_node(node, ready[0]), -1};
}

}  // namespace launcher
