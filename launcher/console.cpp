#include "launcher/console.h"

#include <unistd.h>

#include <cerrno>

#include "launcher/terminal_echo.h"

namespace launcher::console {
namespace {

/// Byte by byte, because what follows the line belongs to whoever reads next.
base::Result<base::Secret> read_line(int fd, const EchoOff* hidden = nullptr) {
  base::Secret line;
  char byte = 0;
  while (true) {
    if (hidden != nullptr && !hidden->wait_for_input())
      return base::Error{base::ErrorKind::kInternal, "interrupted", "", EINTR};
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
  if (!is_terminal(STDIN_FILENO)) {
    write_text(STDERR_FILENO, prompt);
    return read_line(STDIN_FILENO);
  }
  base::Result<base::Secret> line = [&] {
    // Before the prompt: who answers fast must not see the answer, nor lose it.
    const EchoOff hidden(STDIN_FILENO);
    write_text(STDERR_FILENO, prompt);
    return read_line(STDIN_FILENO, &hidden);
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
