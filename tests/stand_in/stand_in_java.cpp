// A stand-in for bin/java of a JDK: records what it was given below <place>/record and plays the
// lines of <place>/script, so that a test can see a start to its end in milliseconds. The place is
// the JDK, or what ESBOOT_STAND_IN names. Where a real java is kept beside it as bin/java.real,
// that one runs whatever is not the server.
//
//   ready          the ready marker on stderr
//   err TEXT       TEXT and a newline on stderr; \r in it is a carriage return
//   out TEXT       the same on stdout
//   log TEXT       TEXT and a newline in elasticsearch.log of the working directory
//   sleep MS       wait
//   onterm MS N    from now on end MS after a SIGTERM with N, and say so on stderr
//   orphan         leave a process without a parent that ends at once
//   close          close stdout and stderr, as a server with --daemonize does
//   signal N       die of signal N
//   exit N         end with N; without it the stand-in ends with 0
//   quick          anywhere: do not record stdin, which takes a moment

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

extern char** environ;

namespace {

namespace fs = std::filesystem;

void record_texts(const fs::path& file, char** texts) {
  std::ofstream out(file, std::ios::binary);
  for (; *texts != nullptr; ++texts) out << *texts << '\0';
}

void record_fds(const fs::path& file) {
  std::string lines;
  std::error_code error;
  for (int fd = 0; fd < 1024; ++fd) {
    if (fcntl(fd, F_GETFD) == -1) continue;
    const fs::path target = fs::read_symlink("/proc/self/fd/" + std::to_string(fd), error);
    lines += std::to_string(fd) + ' ' + target.string() + '\n';
  }
  std::ofstream(file) << lines;
}

void copy_proc(const std::string& name, const fs::path& record) {
  std::ifstream in("/proc/self/" + name);
  std::ofstream(record / name) << std::string(std::istreambuf_iterator<char>(in), {});
}

/// Everything that comes on stdin until it has been quiet for a moment; it never ends by itself.
void record_stdin(const fs::path& file) {
  std::ofstream out(file, std::ios::binary);
  std::array<char, 65536> chunk{};
  pollfd watched{STDIN_FILENO, POLLIN, 0};
  int patience_ms = 5000;  // a launcher may start the JVM before it writes
  while (poll(&watched, 1, patience_ms) > 0 && (watched.revents & POLLIN) != 0) {
    patience_ms = 150;
    const ssize_t got = read(STDIN_FILENO, chunk.data(), chunk.size());
    if (got <= 0) break;
    out.write(chunk.data(), got);
  }
}

void write_line(int fd, std::string text) {
  for (std::size_t at = 0; (at = text.find("\\r", at)) != std::string::npos;)
    text.replace(at, 2, "\r");
  text += '\n';
  if (write(fd, text.data(), text.size()) < 0) return;
}

/// What `onterm` says.
struct {
  int after_ms = 0;
  int exit_code = 0;
} shutdown_plan;

void shut_down(int) {
  write_line(STDERR_FILENO, "shutting down");
  std::this_thread::sleep_for(std::chrono::milliseconds(shutdown_plan.after_ms));
  _exit(shutdown_plan.exit_code);
}

void leave_orphan() {
  const pid_t between = fork();
  if (between == 0) {
    if (fork() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    _exit(0);
  }
  waitpid(between, nullptr, 0);
}

void play(const std::string& line) {
  const std::size_t space = line.find(' ');
  const std::string verb = line.substr(0, space);
  const std::string rest = space == std::string::npos ? "" : line.substr(space + 1);
  if (verb == "ready") write_line(STDERR_FILENO, "\x18");
  if (verb == "err") write_line(STDERR_FILENO, rest);
  if (verb == "out") write_line(STDOUT_FILENO, rest);
  if (verb == "log") std::ofstream("elasticsearch.log", std::ios::app) << rest << '\n';
  if (verb == "onterm") {
    const std::size_t second = rest.find(' ');
    shutdown_plan = {std::stoi(rest), std::stoi(rest.substr(second))};
    signal(SIGTERM, shut_down);
  }
  if (verb == "orphan") leave_orphan();
  if (verb == "sleep") std::this_thread::sleep_for(std::chrono::milliseconds(std::stoi(rest)));
  if (verb == "close") {
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
  }
  if (verb == "signal") {
    signal(std::stoi(rest), SIG_DFL);
    raise(std::stoi(rest));
  }
  if (verb == "exit") _exit(std::stoi(rest));
}

/// The configuration that -javaagent:JAR=c=FILE names: its launcher may delete it at the end.
void copy_agent_file(char** argv, const fs::path& record) {
  constexpr std::string_view kFile = "=c=";
  for (; *argv != nullptr; ++argv) {
    const std::string_view argument(*argv);
    const std::size_t at = argument.find(kFile);
    if (!argument.starts_with("-javaagent:") || at == std::string_view::npos) continue;
    std::ifstream in{std::string(argument.substr(at + kFile.size()))};
    std::ofstream(record / "agent") << std::string(std::istreambuf_iterator<char>(in), {});
  }
}

bool is_server(char** argv) {
  for (; *argv != nullptr; ++argv)
    if (std::string_view(*argv).starts_with("org.elasticsearch.server/")) return true;
  return false;
}

}  // namespace

int main(int, char** argv) {
  std::error_code no_proc;
  const fs::path jdk = fs::read_symlink("/proc/self/exe", no_proc).parent_path().parent_path();
  const fs::path real = jdk / "bin/java.real";
  if (!is_server(argv) && fs::exists(real)) {
    execv(real.c_str(), argv);
    return 127;
  }
  const char* const named = std::getenv("ESBOOT_STAND_IN");
  const fs::path place = named != nullptr ? fs::path(named) : jdk;
  const fs::path record = place / "record";
  fs::create_directories(record);
  record_texts(record / "argv", argv);
  record_texts(record / "environ", environ);
  record_fds(record / "fds");
  copy_agent_file(argv, record);
  copy_proc("status", record);
  copy_proc("limits", record);
  std::ofstream(record / "cwd") << fs::current_path().string();
  std::ofstream(record / "pid") << getpid();
  const mode_t mask = umask(0);
  umask(mask);
  std::ofstream(record / "umask") << mask;
  signal(SIGPIPE, SIG_IGN);  // as a JVM has it
  std::ifstream script(place / "script");
  std::vector<std::string> lines;
  for (std::string line; std::getline(script, line);) lines.push_back(line);
  if (std::find(lines.begin(), lines.end(), "quick") == lines.end()) record_stdin(record / "stdin");
  std::ofstream(record / "complete");
  for (const std::string& line : lines) play(line);
  return 0;
}
