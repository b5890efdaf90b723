#include "launcher/node_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <deque>

#include "base/text.h"
#include "base/unique_fd.h"

namespace launcher {
namespace {

constexpr std::size_t kTailBytes = 65536;
constexpr std::size_t kMaxLines = 12;
constexpr std::size_t kMaxLineBytes = 1000;

bool begins_event(std::string_view line) {
  return line.starts_with('[') && line.find("][") != std::string_view::npos;
}

bool is_fatal(std::string_view line) {
  const std::string_view level = line.substr(line.find("][") + 2, 5);
  return level == "ERROR" || level == "FATAL";
}

/// "\tat org.elasticsearch..." and "\t... 4 more", deeper below what was suppressed.
bool is_stack_frame(std::string_view line) {
  const std::string_view text = base::trim(line);
  return text.size() < line.size() && (text.starts_with("at ") || text.starts_with("... "));
}

}  // namespace

std::string fatal_lines(std::string_view text, std::size_t max_lines) {
  std::deque<std::string_view> kept;
  bool fatal = false;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (begins_event(line)) fatal = is_fatal(line);
    if (!fatal || line.empty() || is_stack_frame(line)) continue;
    kept.push_back(line.substr(0, kMaxLineBytes));
    if (kept.size() > max_lines) kept.pop_front();
  }
  std::string lines;
  for (const std::string_view line : kept) {
    lines += line;
    lines += '\n';
  }
  return lines;
}

std::string last_fatal_lines(const NodeLog& log) {
  const base::UniqueFd fd(open(log.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status{};
  if (!fd.valid() || fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const std::uint64_t begin = size < log.size_at_start ? 0 : log.size_at_start;
  const std::uint64_t from = size - std::min<std::uint64_t>(size - begin, kTailBytes);
  std::string text(static_cast<std::size_t>(size - from), '\0');
  const ssize_t got = pread(fd.get(), text.data(), text.size(), static_cast<off_t>(from));
  text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return fatal_lines(text, kMaxLines);
}

}  // namespace launcher
