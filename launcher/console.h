#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace launcher {

/// The one voice of the program. Text goes out whole lines at a time; a stream that is closed or
/// full never stops a start.
namespace console {

/// How each message on stderr is written: text; or one JSON object a line with the fields of ECS
/// (the Elastic Common Schema) that the server's own log lines have in a container.
enum class LogFormat { kText, kJson };
/// From now on, here and in what is forked off.
void use_log_format(LogFormat format);
/// "text" or "json". Error: kUsage.
base::Result<LogFormat> log_format_of(std::string_view name);

enum class Level { kInfo, kWarning, kError };
/// Whether labels are coloured on a terminal; so it is not with NO_COLOR or TERM=dumb.
void use_colours(bool wanted);

/// A message as it is written, with its newline; an empty hint is none.
[[nodiscard]] std::string message_text(Level level, std::string_view message,
                                       std::string_view hint = "");

/// One line on stdout: what was asked for.
void print(std::string_view line);
/// The text as it is on stdout, no newline added.
void print_raw(std::string_view text);
/// One line on stderr: what the operator should know; and "hint: <hint>" where there is one.
void note(std::string_view line, std::string_view hint = "");
/// "warning: <line>" on stderr, or as a JSON line.
void warn(std::string_view line);
/// The same on stdout, where the stock launcher has it.
void warn_on_stdout(std::string_view line);
/// "error: <message>" and, where there is one, "hint: <hint>" on stderr.
void report(const base::Error& error);

[[nodiscard]] bool is_terminal(int fd);
/// The width of a terminal; nullopt where it is none, or does not say.
[[nodiscard]] std::optional<int> columns_of(int fd);

/// Writes `text` to `fd` as it is and says whether all of it went out.
bool write_text(int fd, std::string_view text);

/// One line from stdin without its line end (\n, or \r\n). On a terminal the prompt is shown and
/// echo is off; elsewhere the prompt goes to stderr without a newline, as the stock tools do it
/// (behaviour page 8). Error: kInternal at end of input.
base::Result<base::Secret> read_secret(std::string_view prompt);

/// Asks until the answer is y, n or an empty line, which means no. Error: kInternal at end of
/// input.
base::Result<bool> ask_yes_no(std::string_view question);

}  // namespace console
}  // namespace launcher
