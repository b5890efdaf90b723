#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

/// Paths and directories, outside the descriptor-based change_set.h. Boost.Filesystem behind it.
namespace base {

[[nodiscard]] bool path_exists(const std::string& path);
[[nodiscard]] bool is_directory(const std::string& path);
[[nodiscard]] bool is_regular_file(const std::string& path);

/// Absolute with `.`, `..` and trailing slashes taken out as text; symbolic links are kept.
[[nodiscard]] std::string absolute_path(const std::string& path);
/// The same for a path that is relative to `directory`.
[[nodiscard]] std::string absolute_path(const std::string& path, const std::string& directory);
/// Without any symbolic link; `path` itself where it does not exist.
[[nodiscard]] std::string real_path(const std::string& path);
/// Where the symbolic link at `path` points, as written; nullopt where it is none.
[[nodiscard]] std::optional<std::string> symlink_target(const std::string& path);

[[nodiscard]] std::string parent_of(const std::string& path);
[[nodiscard]] std::string name_of(const std::string& path);

/// The names in a directory, sorted by byte; nullopt where it cannot be listed.
[[nodiscard]] std::optional<std::vector<std::string>> list_directory(const std::string& path);

/// Creates what is missing of the path. Error: kConfig.
Result<void> create_directories(const std::string& path);

/// Makes `<prefix><random>` with mode 0700 and returns its path. Error: kCannotCreate.
Result<std::string> create_private_directory(const std::string& prefix);

/// Copies a file, or a directory with all that is in it, to the path `to`, with the modes it has
/// and as files of the caller; what is there already stays. Error: kIo.
Result<void> copy_missing(const std::string& from, const std::string& to);

/// Removes a directory with all that is in it, as far as it goes.
void remove_directory(const std::string& path);

}  // namespace base
