#include "launcher/jvm_options.h"

#include <algorithm>
#include <charconv>
#include <climits>
#include <optional>
#include <string_view>

#include "base/files.h"
#include "base/paths.h"
#include "base/text.h"

namespace launcher {
namespace {

constexpr std::size_t kMaxOptionsFileBytes = std::size_t{16} << 20U;

/// The Java versions an option is for.
struct JavaRange {
  int first = 0;
  int last = INT_MAX;
};

/// Takes a decimal number off the front; nullopt where there is none or it exceeds an int.
std::optional<int> take_number(std::string_view* text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || text->starts_with('-')) return std::nullopt;
  text->remove_prefix(static_cast<std::size_t>(end - text->data()));
  return value;
}

/// Takes "N:", "N-:" or "N-M:" off the front; an empty range for a line that begins otherwise.
std::optional<JavaRange> take_range(std::string_view* line) {
  if (line->starts_with('-')) return JavaRange{};
  JavaRange range;
  const auto first = take_number(line);
  if (!first) return std::nullopt;
  range.first = range.last = *first;
  if (line->starts_with('-')) {
    line->remove_prefix(1);
    range.last = INT_MAX;
    if (!line->starts_with(':')) {
      const auto last = take_number(line);
      if (!last || *last < *first) return std::nullopt;
      range.last = *last;
    }
  }
  if (!line->starts_with(":-")) return std::nullopt;
  line->remove_prefix(1);
  return range;
}

void replace_all(std::string* text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text->find(what, at)) != std::string::npos; at += by.size())
    text->replace(at, what.size(), by);
}

/// The *.options files of the directory in path order; a missing directory has none.
std::vector<std::string> option_files_in(const std::string& directory) {
  std::vector<std::string> files;
  for (const std::string& name : base::list_directory(directory).value_or(files))
    if (name.ends_with(".options")) files.push_back(directory + "/" + name);
  return files;
}

base::Error bad_lines(const std::vector<std::string>& faults) {
  std::string message = faults.size() == 1 ? "a line in the JVM options is not an option:"
                                           : std::to_string(faults.size()) +
                                                 " lines in the JVM options are no options:";
  for (const std::string& fault : faults) message += "\n  " + fault;
  return {
      base::ErrorKind::kConfig, std::move(message),
      "a line is -option, N:-option, N-:-option or N-M:-option, or a comment that begins with #",
      0};
}

}  // namespace

JvmOptionsFile parse_jvm_options(const std::string& text, const std::string& path, int java_major) {
  JvmOptionsFile file;
  int number = 0;
  for (std::string line : base::split(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.pop_back();
    if (line.starts_with('#') || base::trim(line).empty()) continue;
    std::string_view rest = line;
    const std::string source = path + " line " + std::to_string(number);
    const auto range = take_range(&rest);
    if (!range) {
      file.faults.push_back(source + ": " + line);
    } else if (java_major >= range->first && java_major <= range->last) {
      file.options.push_back({std::string(rest), source});
    }
  }
  return file;
}

base::Result<std::vector<JvmOption>> read_jvm_options(const std::string& config_directory,
                                                      const std::string& temp_directory,
                                                      int java_major,
                                                      const Environment& environment) {
  std::vector<std::string> files{config_directory + "/jvm.options"};
  for (std::string& file : option_files_in(config_directory + "/jvm.options.d"))
    files.push_back(std::move(file));
  std::vector<JvmOption> options;
  std::vector<std::string> faults;
  for (const std::string& path : files) {
    auto read = base::read_file(path, kMaxOptionsFileBytes);
    if (!read && read.error().hint.empty())
      read.error().hint = "restore it from the distribution, or correct ES_PATH_CONF";
    BASE_TRY(const std::string text, std::move(read));
    JvmOptionsFile file = parse_jvm_options(text, path, java_major);
    std::move(file.options.begin(), file.options.end(), std::back_inserter(options));
    std::move(file.faults.begin(), file.faults.end(), std::back_inserter(faults));
  }
  if (!faults.empty()) return bad_lines(faults);
  std::string from_variable = environment.get("ES_JAVA_OPTS");
  std::replace_if(
      from_variable.begin(), from_variable.end(),
      [](char c) { return std::string_view("\t\n\v\f\r").find(c) != std::string_view::npos; }, ' ');
  for (std::string& word : base::split(from_variable, ' '))
    if (!word.empty()) options.push_back({std::move(word), "ES_JAVA_OPTS"});
  for (JvmOption& option : options) {
    replace_all(&option.text, "${ES_TMPDIR}", temp_directory);
    replace_all(&option.text, "${ES_PATH_CONF}", config_directory);
  }
  return options;
}

}  // namespace launcher
