#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace launcher {

/// The one voice of the program. Text goes out whole lines at a time; a stream that is closed or
/// full never stops a start.
namespace console {

/// One line on stdout: what was asked for.
void print(std::string_view line);
/// The text as it is on stdout, no newline added.
void print_raw(std::string_view text);
/// One line on stderr: what the operator should know.
void note(std::string_view line);
/// "warning: <line>" on stderr.
void warn(std::string_view line);
/// "error: <message>" and, where there is one, "hint: <hint>" on stderr.
void report(const base::Error& error);

[[nodiscard]] bool is_terminal(int fd);

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
