#include "launcher/relay_process.h"

#include <fcntl.h>
#include <link.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <string>

#include "launcher/console.h"
#include "launcher/node_exit.h"
#include "launcher/node_log.h"
#include "launcher/process_state.h"
#include "launcher/service_manager.h"

namespace launcher {
namespace {

// Where the relay keeps its descriptors; everything else it closes.
constexpr int kNodeStderr = 0;
constexpr int kControl = 1;
constexpr int kUserStderr = STDERR_FILENO;
constexpr int kSignals = 3;

// How long a node that is ready may take to close its stderr, where the caller waits for no more.
constexpr int kDetachMs = 2000;

/// Everything the relay works with, in one place that is touched page by page only as needed.
struct RelayState {
  RelayRole role;
  RelayOrders orders;
  StderrFilter filter{StderrRules{}};
  std::array<char, 16384> in{};
  std::array<char, 16384> out{};
  std::size_t out_size = 0;
  bool ready_told = false;
  bool stopping = false;
  std::optional<int> node_status;
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

void tell_manager(const RelayState& state, std::string_view message) {
  notify_service_manager(state.orders.notify_socket.data(), message);
}

/// What the node itself would tell the manager, if it does not.
void tell_for_node(const RelayState& state, std::string_view message) {
  if (!state.orders.node_notifies) tell_manager(state, message);
}

/// False: main's end is closed, which the exec does.
bool take_orders(RelayState* state) {
  RelayOrders orders;
  const ssize_t got = ::read(kControl, &orders, sizeof orders);
  if (got < 0 && errno == EINTR) return true;
  if (got != sizeof orders) return false;
  state->orders = orders;
  state->filter = StderrFilter(orders.rules);
  if (orders.armed) tell_manager(*state, "STATUS=Elasticsearch is starting");
  return true;
}

/// A segment of the program that is not written to: code or constants.
struct CleanSegment {
  std::uintptr_t begin = 0;
  std::size_t size = 0;
};
constinit std::array<CleanSegment, 4> clean_segments{};

int find_clean_segments(dl_phdr_info* info, std::size_t, void*) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  std::size_t found = 0;
  for (int i = 0; i < info->dlpi_phnum && found < clean_segments.size(); ++i) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const std::uintptr_t begin = (info->dlpi_addr + segment.p_vaddr) / page * page;
    const std::uintptr_t end = info->dlpi_addr + segment.p_vaddr + segment.p_memsz;
    clean_segments.at(found++) = {begin, end - begin};
  }
  return 1;  // the program itself comes first; shared libraries are shared anyway
}

/// Gives back the pages of code and constants that the way here touched, which would count as
/// private memory for as long as the node runs. What is needed again comes back from the file, 64
/// KiB at a time, so little may be called from here on: that is why there is no madvise().
void shrink() {
  for (const CleanSegment& segment : clean_segments)
    if (segment.size > 0) syscall(SYS_madvise, segment.begin, segment.size, MADV_DONTNEED);
}

/// False: the stream has ended, or has nothing now.
bool take_output(RelayState* state) {
  const ssize_t got = ::read(kNodeStderr, state->in.data(), state->in.size());
  if (got < 0 && errno == EINTR) return true;
  if (got <= 0) return false;
  state->filter.feed({state->in.data(), static_cast<std::size_t>(got)}, pass_on, state);
  flush(state);
  if (state->filter.ready_seen() && !state->ready_told) {
    state->ready_told = true;
    tell_for_node(*state, "READY=1");
    tell_manager(*state, "STATUS=Elasticsearch is ready");
    shrink();
  }
  return true;
}

void reap(RelayState* state) {
  int status = 0;
  for (pid_t ended = 0; (ended = waitpid(-1, &status, WNOHANG)) != 0;) {
    if (ended < 0 && errno != EINTR) return;
    if (ended == state->role.node) state->node_status = status;
  }
}

/// The terminal sends its signals to all processes in the foreground, so the node has had it.
bool is_from_terminal(const signalfd_siginfo& signal) {
  return signal.ssi_code == SI_KERNEL;
}

void take_signal(RelayState* state) {
  signalfd_siginfo signal{};
  if (::read(kSignals, &signal, sizeof signal) != sizeof signal) return;
  const int number = static_cast<int>(signal.ssi_signo);
  if (number == SIGCHLD) {
    reap(state);
    return;
  }
  if (number == SIGURG || number == SIGWINCH || number == SIGPIPE) return;
  if (!state->stopping && asks_to_stop(number)) {
    state->stopping = true;
    if (state->orders.armed) tell_for_node(*state, "STOPPING=1");
    tell_manager(*state, "STATUS=stopping");
  }
  if (state->role.node > 0 && !state->node_status && !is_from_terminal(signal))
    kill(state->role.node, number);
}

void say(RelayState* state, const std::string& text) {
  pass_on(state, text);
  flush(state);
}

/// "with exit code 78: <meaning>", or nothing where the node was not our child.
std::string exit_text(const RelayState& state) {
  if (!state.node_status) return "";
  const int code = exit_code_of_status(*state.node_status);
  const std::string_view meaning = meaning_of_node_exit(code);
  return " with exit code " + std::to_string(code) +
         (meaning.empty() ? "" : ": " + std::string(meaning));
}

/// The innermost cause, as Java prints it.
std::string last_line_of(const std::string& lines) {
  const std::size_t before = lines.rfind('\n', lines.size() - 2);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  return lines.substr(begin, lines.size() - 1 - begin);
}

void report_early_end(RelayState* state) {
  const NodeLog log{state->orders.log_file.data(), state->orders.log_size_at_start};
  const std::string lines = last_fatal_lines(log);
  const std::string what = "Elasticsearch ended before it was ready" + exit_text(*state);
  const bool has_log = !log.path.empty() && access(log.path.c_str(), F_OK) == 0;
  say(state, console::message_text(console::Level::kError, what,
                                   lines.empty() && has_log ? "its log is " + log.path : ""));
  if (!lines.empty())
    say(state, console::message_text(console::Level::kInfo, "the last errors in its log " +
                                                                log.path + ":\n" +
                                                                lines.substr(0, lines.size() - 1)));
  tell_manager(*state, "STATUS=" + what + (lines.empty() ? "" : ": " + last_line_of(lines)));
}

void report_end(RelayState* state) {
  if (!state->orders.armed || state->stopping) return;
  if (!state->filter.ready_seen()) {
    report_early_end(state);
  } else if (state->node_status && !is_asked_for(exit_code_of_status(*state->node_status))) {
    say(state,
        console::message_text(console::Level::kError, "Elasticsearch ended" + exit_text(*state)));
  }
}

[[noreturn]] void finish(RelayState* state) {
  if (state->node_status) {  // orphans of the node may hold the stream open
    fcntl(kNodeStderr, F_SETFL, O_NONBLOCK);
    while (take_output(state)) continue;
  }
  state->filter.finish(pass_on, state);
  flush(state);
  report_end(state);
  if (!state->stopping && state->orders.armed) tell_for_node(*state, "STOPPING=1");
  _exit(state->node_status ? exit_code_of_status(*state->node_status) : 0);
}

int patience(const RelayState& state) {
  if (state.role.until_ready && state.filter.ready_seen()) return kDetachMs;
  const bool informs = state.orders.notify_socket[0] != '\0';
  return informs && !state.filter.ready_seen() ? kExtendEveryMs : -1;
}

[[noreturn]] void relay_until_end(RelayState* state) {
  std::array<pollfd, 3> watched{pollfd{kNodeStderr, POLLIN, 0}, pollfd{kControl, POLLIN, 0},
                                pollfd{kSignals, POLLIN, 0}};
  auto& [output, control, signals] = watched;
  while (!state->node_status) {
    const int events = ::poll(watched.data(), watched.size(), patience(*state));
    if (events < 0 && errno != EINTR) break;
    if (events == 0) {
      if (state->filter.ready_seen()) break;
      tell_for_node(*state, kExtendTimeout);
    }
    if (events <= 0) continue;
    // Orders come before the exec, so they go before what the node says.
    if (control.revents != 0) {
      if (!take_orders(state)) control.fd = -1;
      continue;
    }
    if (signals.revents != 0) take_signal(state);
    if (output.revents == 0 || take_output(state)) continue;
    output.fd = -1;
    const bool waits = state->role.node > 0;
    if (!waits || (state->role.until_ready && state->filter.ready_seen())) break;
  }
  finish(state);
}

/// Closes every descriptor from `first` on.
void close_from(unsigned first) {
  if (syscall(SYS_close_range, first, ~0U, 0) == 0) return;
  for (int fd = static_cast<int>(first); fd < 65536; ++fd) ::close(fd);
}

/// Signals come through a descriptor; those of job control keep their effect.
void take_signals_by_fd() {
  const sigset_t held = hold_signals();
  const int fd = signalfd(-1, &held, SFD_NONBLOCK | SFD_CLOEXEC);
  if (fd != kSignals) {
    dup2(fd, kSignals);
    ::close(fd);
  }
}

}  // namespace

void become_relay(RelayRole role) {
  prctl(PR_SET_NAME, role.node > 0 ? "esboot-init" : "esboot-relay");
  if (role.node > 0) prctl(PR_SET_CHILD_SUBREAPER, 1);
  if (chdir("/") != 0) _exit(1);  // pin no file system
  dup2(role.node_stderr, kNodeStderr);
  dup2(role.control, kControl);
  close_from(kSignals);
  take_signals_by_fd();
  static RelayState state;
  state.role = role;
  dl_iterate_phdr(find_clean_segments, nullptr);
  shrink();
  relay_until_end(&state);
}

}  // namespace launcher
