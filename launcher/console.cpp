#include "launcher/console.h"

#include <termios.h>
#include <unistd.h>

#include <cerrno>

namespace launcher::console {
namespace {

/// Switches the echo of a terminal off and back on.
class EchoOff {
 public:
  explicit EchoOff(int fd) : fd_(fd), active_(tcgetattr(fd, &before_) == 0) {
    if (!active_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(fd_, TCSAFLUSH, &silent);
  }
  ~EchoOff() {
    if (active_) tcsetattr(fd_, TCSAFLUSH, &before_);
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;

 private:
  int fd_;
  termios before_{};
  bool active_;
};

/// Byte by byte, because what follows the line belongs to whoever reads next.
base::Result<base::Secret> read_line(int fd) {
  base::Secret line;
  char byte = 0;
  while (true) {
    const ssize_t got = ::read(fd, &byte, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 && line.empty())
      return base::Error{base::ErrorKind::kInternal,
                         "cannot read a line from standard input: it has ended",
                         "run it on a terminal, or pass the lines on standard input", 0};
    if (got <= 0 || byte == '\n') break;
    line.append(std::string_view(&byte, 1));
  }
  if (line.expose().ends_with('\r')) line.truncate(line.size() - 1);
  return line;
}

}  // namespace

bool write_text(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(fd, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

void print_raw(std::string_view text) {
  write_text(STDOUT_FILENO, text);
}
void print(std::string_view line) {
  print_raw(std::string(line) + "\n");
}
void note(std::string_view line) {
  write_text(STDERR_FILENO, std::string(line) + "\n");
}
void warn(std::string_view line) {
  note("warning: " + std::string(line));
}

void report(const base::Error& error) {
  std::string text = "error: " + error.message + "\n";
  if (!error.hint.empty()) text += "hint: " + error.hint + "\n";
  write_text(STDERR_FILENO, text);
}

bool is_terminal(int fd) {
  return isatty(fd) == 1;
}

base::Result<base::Secret> read_secret(std::string_view prompt) {
  write_text(STDERR_FILENO, prompt);
  if (!is_terminal(STDIN_FILENO)) return read_line(STDIN_FILENO);
  base::Result<base::Secret> line = [] {
    const EchoOff quiet(STDIN_FILENO);
    return read_line(STDIN_FILENO);
  }();
  write_text(STDERR_FILENO, "\n");
  return line;
}

base::Result<bool> ask_yes_no(std::string_view question) {
  while (true) {
    write_text(STDERR_FILENO, std::string(question) + " [y/N]");
    BASE_TRY(const base::Secret answer, read_line(STDIN_FILENO));
    const std::string_view text = answer.expose();
    if (text == "y" || text == "Y") return true;
    if (text.empty() || text == "n" || text == "N") return false;
    note("please answer y or n");
  }
}

}  // namespace launcher::console
