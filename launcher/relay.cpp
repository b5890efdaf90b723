#include "launcher/relay.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace launcher {
namespace {

base::Error no_relay(int sys_errno) {
  const std::string limit = sys_errno == EMFILE || sys_errno == ENFILE ? "open files (ulimit -n)"
                                                                       : "processes (ulimit -u)";
  return {base::ErrorKind::kInternal,
          std::string("cannot start the process that stays beside the node: ") +
              std::strerror(sys_errno),
          "check the limit of " + limit + "; --relay=no starts without one", sys_errno};
}

struct Pipe {
  base::UniqueFd read_end;
  base::UniqueFd write_end;
};

base::Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return no_relay(errno);
  return Pipe{base::UniqueFd(ends[0]), base::UniqueFd(ends[1])};
}

void wipe(std::span<base::Secret* const> secrets) {
  for (base::Secret* const secret : secrets) secret->wipe();
}

/// The relay is the child of a process that ends at once, and thereby nobody's.
base::Result<void> fork_aside(RelayRole role, std::span<base::Secret* const> secrets) {
  const pid_t between = fork();
  if (between < 0) return no_relay(errno);
  if (between == 0) {
    wipe(secrets);
    const pid_t relay = fork();
    if (relay == 0) become_relay(role);
    _exit(relay < 0 ? errno : 0);
  }
  int status = 0;
  while (waitpid(between, &status, 0) < 0 && errno == EINTR) continue;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return no_relay(WIFEXITED(status) ? WEXITSTATUS(status) : EAGAIN);
  return {};
}

/// The relay is the parent of the node.
base::Result<void> fork_below(RelayRole role, std::span<base::Secret* const> secrets,
                              const SignalMask& before) {
  hold_signals();  // none may come between the fork and the loop that takes them
  role.node = fork();
  if (role.node < 0) return no_relay(errno);
  if (role.node > 0) {
    wipe(secrets);
    become_relay(role);
  }
  before.restore();
  return {};
}

}  // namespace

base::Result<Relay> Relay::fork_off(Beside beside, std::span<base::Secret* const> secrets,
                                    const SignalMask& before) {
  BASE_TRY(Pipe output, make_pipe());
  BASE_TRY(Pipe control, make_pipe());
  RelayRole role;
  role.node_stderr = output.read_end.get();
  role.control = control.read_end.get();
  role.until_ready = beside == Beside::kUntilReady;
  if (beside == Beside::kRelay) {
    BASE_CHECK(fork_aside(role, secrets));
  } else {
    BASE_CHECK(fork_below(role, secrets, before));
  }
  return Relay(std::move(output.write_end), std::move(control.write_end));
}

void Relay::inform(const std::string& notify_socket) {
  if (notify_socket.empty() || notify_socket.size() >= orders_.notify_socket.size()) return;
  std::memcpy(orders_.notify_socket.data(), notify_socket.data(), notify_socket.size());
  send();
}

void Relay::arm(const ServerWatch& watch) {
  orders_.armed = true;
  orders_.rules = watch.rules;
  orders_.node_notifies = watch.node_notifies;
  orders_.log_size_at_start = watch.log.size_at_start;
  if (watch.log.path.size() < orders_.log_file.size())
    std::memcpy(orders_.log_file.data(), watch.log.path.data(), watch.log.path.size());
  send();
}

void Relay::cancel() {
  orders_.armed = false;
  send();
}

void Relay::send() const {
  while (::write(control_.get(), &orders_, sizeof orders_) < 0 && errno == EINTR) continue;
}

}  // namespace launcher
