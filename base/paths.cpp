#include "base/paths.h"

#include <sys/stat.h>

#include <algorithm>
#include <boost/filesystem.hpp>
#include <cerrno>

#include "base/files.h"

namespace base {

namespace fs = boost::filesystem;

bool path_exists(const std::string& path) {
  boost::system::error_code error;
  return fs::exists(path, error);
}

bool is_directory(const std::string& path) {
  boost::system::error_code error;
  return fs::is_directory(path, error);
}

bool is_regular_file(const std::string& path) {
  boost::system::error_code error;
  return fs::is_regular_file(path, error);
}

std::string absolute_path(const std::string& path, const std::string& directory) {
  const fs::path joined = path.starts_with('/') ? fs::path(path) : fs::path(directory) / path;
  std::string normal = joined.lexically_normal().string();
  while (normal.size() > 1 && (normal.ends_with('/') || normal.ends_with("/."))) normal.pop_back();
  return normal;
}

std::string absolute_path(const std::string& path) {
  boost::system::error_code error;
  return absolute_path(path, fs::current_path(error).string());
}

std::string real_path(const std::string& path) {
  boost::system::error_code error;
  const fs::path real = fs::canonical(path, error);
  return error ? path : real.string();
}

std::optional<std::string> symlink_target(const std::string& path) {
  boost::system::error_code error;
  const fs::path target = fs::read_symlink(path, error);
  if (error) return std::nullopt;
  return target.string();
}

std::string parent_of(const std::string& path) {
  return fs::path(path).parent_path().string();
}
std::string name_of(const std::string& path) {
  return fs::path(path).filename().string();
}

std::optional<std::vector<std::string>> list_directory(const std::string& path) {
  boost::system::error_code error;
  std::vector<std::string> names;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error))
    names.push_back(entry->path().filename().string());
  if (error) return std::nullopt;
  std::sort(names.begin(), names.end());
  return names;
}

Result<void> create_directories(const std::string& path) {
  boost::system::error_code error;
  fs::create_directories(path, error);
  if (error) return file_error(ErrorKind::kConfig, "create the directory", path, error.value());
  return {};
}

Result<std::string> create_private_directory(const std::string& prefix) {
  const std::string path = fs::unique_path(prefix + "%%%%%%%%%%%%%%%%").string();
  if (mkdir(path.c_str(), 0700) != 0)
    return file_error(ErrorKind::kCannotCreate, "create the directory", path, errno);
  return path;
}

Result<void> copy_missing(const std::string& from, const std::string& to) {
  boost::system::error_code failed;
  fs::copy(from, to,
           fs::copy_options::recursive | fs::copy_options::copy_symlinks |
               fs::copy_options::skip_existing,
           failed);
  if (failed)
    return Error{ErrorKind::kIo, "cannot copy " + from + " to " + to + ": " + failed.message(), "",
                 failed.value()};
  return {};
}

void remove_directory(const std::string& path) {
  boost::system::error_code ignored;
  fs::remove_all(path, ignored);
}

}  // namespace base
