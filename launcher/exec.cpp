#include "launcher/exec.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "base/files.h"
#include "base/paths.h"

namespace launcher {
namespace {

constexpr int kLargePipeBytes = 1 << 20;  // /proc/sys/fs/pipe-max-size, for anybody

/// The NULL-terminated form of argv and environ that exec takes.
class PointerList {
 public:
  void add(std::string text) { texts_.push_back(std::move(text)); }
  char* const* get() {
    pointers_.clear();
    for (std::string& text : texts_) pointers_.push_back(text.data());
    pointers_.push_back(nullptr);
    return pointers_.data();
  }

 private:
  std::vector<std::string> texts_;
  std::vector<char*> pointers_;
};

base::Result<void> enter_working_directory(const std::string& directory) {
  BASE_CHECK(base::create_directories(directory));
  if (chdir(directory.c_str()) != 0)
    return base::file_error(base::ErrorKind::kConfig, "use as the node's working directory",
                            directory, errno);
  return {};
}

/// Writes what does not fit into the pipe from a process of its own, reparented away so that it
/// leaves no zombie under the JVM.
base::Result<void> feed(int read_fd, int write_fd, const base::Secret& bytes) {
  const pid_t between = fork();
  if (between == 0) {
    const pid_t feeder = fork();
    if (feeder != 0) _exit(feeder < 0 ? 1 : 0);
    // With the read end open here, a JVM that dies early would leave the feeder waiting for ever.
    close(read_fd);
    const auto fed = base::write_all(write_fd, bytes.bytes(), "the server's standard input");
    _exit(fed.ok() ? 0 : 1);
  }
  int status = 0;
  while (between > 0 && waitpid(between, &status, 0) < 0 && errno == EINTR) continue;
  if (between < 0 || status != 0)
    return base::Error{base::ErrorKind::kInternal,
                       "cannot start the process that feeds the server its settings",
                       "check the limit of processes (ulimit -u)", errno};
  return {};
}

struct ServerStdin {
  base::UniqueFd read_end;
  base::UniqueFd write_end;
};

base::Result<ServerStdin> make_server_stdin(const base::Secret& server_args) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    return base::file_error(base::ErrorKind::kIo, "create", "a pipe for the server's input", errno);
  ServerStdin pipe{base::UniqueFd(ends[0]), base::UniqueFd(ends[1])};
  const auto needed = server_args.size();
  auto capacity = static_cast<std::size_t>(fcntl(ends[1], F_GETPIPE_SZ));
  if (needed > capacity && needed <= kLargePipeBytes &&
      fcntl(ends[1], F_SETPIPE_SZ, kLargePipeBytes) >= 0)
    capacity = kLargePipeBytes;
  if (needed <= capacity) {
    BASE_CHECK(base::write_all(ends[1], server_args.bytes(), "the server's standard input"));
  } else {
    BASE_CHECK(feed(ends[0], ends[1], server_args));
  }
  return pipe;
}

base::Error exec_error(const std::string& program, std::string hint_if_missing, int sys_errno) {
  const bool missing = sys_errno == ENOENT || sys_errno == ENOTDIR;
  std::string hint =
      missing ? std::move(hint_if_missing) : "check that it is a program for this machine";
  if (sys_errno == E2BIG) hint = "the environment and the JVM options together are too large";
  return {missing ? base::ErrorKind::kNotFound : base::ErrorKind::kNotExecutable,
          "cannot run " + program + ": " + std::strerror(sys_errno), std::move(hint), sys_errno};
}

}  // namespace

base::Error exec_server(const JvmCommand& command, const base::Secret& server_args, Relay* relay,
                        const ServerWatch& watch, std::optional<SigpipeIgnored>* sigpipe) {
  BASE_CHECK(enter_working_directory(command.working_directory));
  BASE_TRY(const ServerStdin input, make_server_stdin(server_args));
  PointerList argv;
  argv.add(command.program);
  for (const std::string& argument : command.arguments) argv.add(argument);
  PointerList environment;
  for (const auto& [name, value] : command.environment) environment.add(name + "=" + value);
  const base::UniqueFd own_stderr(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
  fcntl(input.write_end.get(), F_SETFD, 0);
  dup2(input.read_end.get(), STDIN_FILENO);
  if (relay != nullptr) {
    dup2(relay->stderr_fd(), STDERR_FILENO);
    relay->arm(watch);
  }
  sigpipe->reset();
  execve(command.program.c_str(), argv.get(), environment.get());
  const int sys_errno = errno;
  if (relay != nullptr) {
    relay->cancel();
    dup2(own_stderr.get(), STDERR_FILENO);
  }
  return exec_error(command.program, "set ES_JAVA_HOME to a JDK", sys_errno);
}

base::Error exec_program(std::span<char* const> argv) {
  std::vector<char*> words(argv.begin(), argv.end());
  words.push_back(nullptr);  // the span is not said to end with one
  execvp(words.front(), words.data());
  return exec_error(argv.front(), "'esboot help' lists the commands", errno);
}

}  // namespace launcher
