#include "launcher/relay.h"

#include <fcntl.h>
#include <link.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace launcher {
namespace {

/// What main tells the relay; written in one piece, smaller than PIPE_BUF.
struct Orders {
  bool armed = false;
  StderrRules rules;
  std::array<char, 2048> log_file{};
};

// Where the relay keeps its descriptors; everything else it closes.
constexpr int kNodeStderr = 0;
constexpr int kControl = 1;
constexpr int kUserStderr = STDERR_FILENO;
constexpr int kNotifyReady = 3;

/// Everything the relay works with, in one place that is touched page by page only as needed.
struct RelayState {
  Orders orders;
  StderrFilter filter{StderrRules{}};
  std::array<char, 16384> in{};
  std::array<char, 16384> out{};
  std::size_t out_size = 0;
  bool notify = false;
};

void flush(RelayState* state) {
  std::size_t done = 0;
  while (done < state->out_size) {
    const ssize_t put = ::write(kUserStderr, state->out.data() + done, state->out_size - done);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) break;  // nobody reads any more; the node must not notice
    done += static_cast<std::size_t>(put);
  }
  state->out_size = 0;
}

void pass_on(void* context, std::string_view text) {
  auto* const state = static_cast<RelayState*>(context);
  while (!text.empty()) {
    if (state->out_size == state->out.size()) flush(state);
    const std::size_t size = std::min(text.size(), state->out.size() - state->out_size);
    std::memcpy(state->out.data() + state->out_size, text.data(), size);
    state->out_size += size;
    text.remove_prefix(size);
  }
}

void report_early_end(RelayState* state) {
  pass_on(state, "error: Elasticsearch ended before it was ready\n");
  if (state->orders.log_file[0] != '\0') {
    pass_on(state, "hint: its log is ");
    pass_on(state, state->orders.log_file.data());
    pass_on(state, "\n");
  }
}

/// Takes orders until main's end closes, which the exec does. False: closed.
bool take_orders(RelayState* state) {
  Orders orders;
  const ssize_t got = ::read(kControl, &orders, sizeof orders);
  if (got < 0 && errno == EINTR) return true;
  if (got != sizeof orders) return false;
  state->orders = orders;
  state->filter = StderrFilter(orders.rules);
  return true;
}

void notify_ready(RelayState* state) {
  if (!state->notify || !state->filter.ready_seen()) return;
  state->notify = false;
  const char byte = 'R';
  while (::write(kNotifyReady, &byte, 1) < 0 && errno == EINTR) continue;
  ::close(kNotifyReady);
}

[[noreturn]] void relay_until_end(RelayState* state) {
  std::array<pollfd, 2> watched{pollfd{kNodeStderr, POLLIN, 0}, pollfd{kControl, POLLIN, 0}};
  while (true) {
    if (::poll(watched.data(), watched.size(), -1) < 0) {
      if (errno == EINTR) continue;
      break;
    }
    // Orders come before the exec, so they go before what the node says.
    if (watched[1].revents != 0) {
      if (!take_orders(state)) watched[1].fd = -1;
      continue;
    }
    const ssize_t got = ::read(kNodeStderr, state->in.data(), state->in.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    state->filter.feed({state->in.data(), static_cast<std::size_t>(got)}, pass_on, state);
    flush(state);
    notify_ready(state);
  }
  state->filter.finish(pass_on, state);
  if (state->orders.armed && !state->filter.ready_seen()) report_early_end(state);
  flush(state);
  _exit(0);
}

/// Closes every descriptor from `first` on.
void close_from(unsigned first) {
  if (syscall(SYS_close_range, first, ~0U, 0) == 0) return;
  for (int fd = static_cast<int>(first); fd < 65536; ++fd) ::close(fd);
}

/// Gives back the pages of code and constants that the way here touched; what the loop needs comes
/// back from the file. They would count as private memory for as long as the node runs.
int release_clean_pages(dl_phdr_info* info, std::size_t, void*) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const std::uintptr_t begin = (info->dlpi_addr + segment.p_vaddr) / page * page;
    const std::uintptr_t end = info->dlpi_addr + segment.p_vaddr + segment.p_memsz;
    madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
  return 1;  // the program itself comes first; shared libraries are shared anyway
}

[[noreturn]] void become_relay(int node_stderr, int control, int notify) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) std::signal(signal, SIG_IGN);
  prctl(PR_SET_NAME, "esboot-relay");
  if (chdir("/") != 0) _exit(1);  // pin no file system
  dup2(node_stderr, kNodeStderr);
  dup2(control, kControl);
  if (notify >= 0) dup2(notify, kNotifyReady);
  close_from(notify >= 0 ? kNotifyReady + 1 : kNotifyReady);
  static RelayState state;
  state.notify = notify >= 0;
  dl_iterate_phdr(release_clean_pages, nullptr);
  relay_until_end(&state);
}

base::Error no_relay(int sys_errno) {
  return {base::ErrorKind::kInternal,
          std::string("cannot start the process that filters stderr: ") + std::strerror(sys_errno),
          "--relay=no starts without it", sys_errno};
}

}  // namespace

base::Result<Relay> Relay::fork_off(std::span<base::Secret* const> secrets, int notify_ready_fd) {
  std::array<int, 2> output{};
  std::array<int, 2> control{};
  if (pipe2(output.data(), O_CLOEXEC) != 0) return no_relay(errno);
  base::UniqueFd output_read(output[0]);
  base::UniqueFd output_write(output[1]);
  if (pipe2(control.data(), O_CLOEXEC) != 0) return no_relay(errno);
  base::UniqueFd control_read(control[0]);
  base::UniqueFd control_write(control[1]);
  const pid_t between = fork();
  if (between < 0) return no_relay(errno);
  if (between == 0) {
    for (base::Secret* const secret : secrets) secret->wipe();
    const pid_t relay = fork();
    if (relay == 0) become_relay(output_read.get(), control_read.get(), notify_ready_fd);
    _exit(relay < 0 ? errno : 0);
  }
  int status = 0;
  while (waitpid(between, &status, 0) < 0 && errno == EINTR) continue;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return no_relay(WIFEXITED(status) ? WEXITSTATUS(status) : EAGAIN);
  return Relay(std::move(output_write), std::move(control_write));
}

void Relay::arm(const StderrRules& rules, const std::string& log_file) {
  Orders orders;
  orders.armed = true;
  orders.rules = rules;
  if (log_file.size() < orders.log_file.size())
    std::memcpy(orders.log_file.data(), log_file.data(), log_file.size());
  while (::write(control_.get(), &orders, sizeof orders) < 0 && errno == EINTR) continue;
}

void Relay::cancel() {
  const Orders none;
  while (::write(control_.get(), &none, sizeof none) < 0 && errno == EINTR) continue;
}

}  // namespace launcher
