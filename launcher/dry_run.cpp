#include "launcher/dry_run.h"

#include "base/files.h"
#include "base/text.h"

namespace launcher {
namespace {

constexpr const char* kYml = "elasticsearch.yml";

/// What stands between the lines that both have at their begin and at their end.
std::string line_difference(const std::string& old_text, const std::string& new_text) {
  const auto before = base::split(old_text, '\n');
  const auto after = base::split(new_text, '\n');
  const std::size_t shorter = std::min(before.size(), after.size());
  std::size_t head = 0;
  while (head < shorter && before[head] == after[head]) ++head;
  std::size_t tail = 0;
  while (tail < shorter - head &&
         before[before.size() - 1 - tail] == after[after.size() - 1 - tail])
    ++tail;
  std::string text = "@@ line " + std::to_string(head + 1) + " @@\n";
  for (std::size_t i = head; i < before.size() - tail; ++i) text += "-" + before[i] + "\n";
  for (std::size_t i = head; i < after.size() - tail; ++i) text += "+" + after[i] + "\n";
  return text;
}

std::string line_of(const std::string& path, mode_t mode) {
  const bool exists = base::facts_of(path).type != base::FileType::kMissing;
  return (exists ? "replace  " + path : "create   " + path + "  mode " + base::mode_text(mode)) +
         "\n";
}

}  // namespace

std::string describe_changes(const base::ChangeSet& changes, const std::string& old_yml) {
  std::string text;
  const std::string place = changes.directory + "/";
  for (const base::DirectoryChange& directory : changes.directories)
    for (const base::FileChange& file : directory.files)
      text += line_of(place + directory.name + "/" + file.name, file.mode);
  for (const base::FileChange& file : changes.outside_files) text += line_of(file.name, file.mode);
  for (const base::FileChange& file : changes.files) {
    text += line_of(place + file.name, file.mode);
    if (file.name == kYml) text += line_difference(old_yml, std::string(file.bytes.expose()));
  }
  return text;
}

std::string describe_command(const JvmCommand& command, const std::string& own_directory) {
  std::string text = "cd " + base::shell_quoted(command.working_directory) + " && exec " +
                     base::shell_quoted(command.program);
  for (std::string argument : command.arguments) {
    const std::size_t at = own_directory.empty() ? std::string::npos : argument.find(own_directory);
    if (at != std::string::npos) argument.replace(at, own_directory.size(), "${ES_TMPDIR}");
    text += " \\\n  " + base::shell_quoted(argument);
  }
  return text + "\n";
}

}  // namespace launcher
