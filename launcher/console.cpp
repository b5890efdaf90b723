#include "launcher/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

#include "base/clock.h"
#include "base/json_text.h"
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

LogFormat log_format = LogFormat::kText;
bool colours = false;

// Select Graphic Rendition (ECMA-48 section 8.3.117).
constexpr std::string_view kRed = "\x1b[1;31m";
constexpr std::string_view kYellow = "\x1b[1;33m";
constexpr std::string_view kCyan = "\x1b[36m";
constexpr std::string_view kPlain = "\x1b[0m";

std::string label(std::string_view word, std::string_view colour) {
  std::string text;
  if (colours) text += colour;
  text += word;
  if (colours) text += kPlain;
  return text + ' ';
}

std::string_view level_name(Level level) {
  switch (level) {
    case Level::kInfo:
      return "INFO";
    case Level::kWarning:
      return "WARN";
    case Level::kError:
      return "ERROR";
  }
  return "";
}

std::string json_line(Level level, std::string_view message, std::string_view hint) {
  std::string line = R"({"@timestamp":")" + base::format_utc(base::now(), "%Y-%m-%dT%H:%M:%SZ") +
                     R"(","log.level":")" + std::string(level_name(level)) + R"(","message":)" +
                     base::json_quoted(message);
  if (!hint.empty()) line += R"(,"esboot.hint":)" + base::json_quoted(hint);
  return line +
         R"(,"ecs.version":"1.2.0","service.name":"ES_ECS","event.dataset":"elasticsearch.server",)"
         R"("process.thread.name":"main","log.logger":"esboot"})"
         "\n";
}

}  // namespace

void use_log_format(LogFormat format) {
  log_format = format;
}

void use_colours(bool wanted) {
  colours = wanted && is_terminal(STDERR_FILENO);
}

base::Result<LogFormat> log_format_of(std::string_view name) {
  if (name == "text") return LogFormat::kText;
  if (name == "json") return LogFormat::kJson;
  return base::Error{base::ErrorKind::kUsage,
                     "the log format is text or json, not '" + std::string(name) + "'",
                     "it comes from --log-format, else from ES_LOG_FORMAT", 0};
}

std::string message_text(Level level, std::string_view message, std::string_view hint) {
  if (log_format == LogFormat::kJson) return json_line(level, message, hint);
  std::string text;
  if (level == Level::kError) text = label("error:", kRed);
  if (level == Level::kWarning) text = label("warning:", kYellow);
  text.append(message) += '\n';
  if (!hint.empty()) text.append(label("hint:", kCyan)).append(hint) += '\n';
  return text;
}

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
void note(std::string_view line, std::string_view hint) {
  write_text(STDERR_FILENO, message_text(Level::kInfo, line, hint));
}
void warn(std::string_view line) {
  write_text(STDERR_FILENO, message_text(Level::kWarning, line));
}

void warn_on_stdout(std::string_view line) {
  print_raw(log_format == LogFormat::kJson ? json_line(Level::kWarning, line, "")
                                           : "warning: " + std::string(line) + "\n");
}

void report(const base::Error& error) {
  write_text(STDERR_FILENO, message_text(Level::kError, error.message, error.hint));
}

bool is_terminal(int fd) {
  return isatty(fd) == 1;
}

std::optional<int> columns_of(int fd) {
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return size.ws_col;
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
