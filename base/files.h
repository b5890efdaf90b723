#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "base/unique_fd.h"

namespace base {

/// "cannot <verb> <path>: <what the kernel says>", with `sys_errno` filled in.
[[nodiscard]] Error file_error(ErrorKind kind, const std::string& verb, const std::string& path,
                               int sys_errno);

enum class FileType { kMissing, kRegular, kDirectory, kSymlink, kOther, kUnknown };

/// What lstat and access say of one path at one moment. kUnknown: not even lstat was allowed, and
/// `sys_errno` says why.
struct FileFacts {
  FileType type = FileType::kMissing;
  mode_t mode = 0;  ///< permission bits only
  uid_t uid = 0;
  gid_t gid = 0;
  std::uint64_t size_bytes = 0;
  bool readable = false;  ///< access(2) for the effective ids
  bool writable = false;
  int sys_errno = 0;
};
[[nodiscard]] FileFacts facts_of(const std::string& path);

/// The whole regular file at `path`, symlinks followed. Errors: kIo, also for a directory and for a
/// file larger than `max_bytes`.
Result<Secret> read_secret_file(const std::string& path, std::size_t max_bytes);
/// Everything that an open descriptor still gives: a file, a pipe, a terminal. `name` is for the
/// error text.
Result<Secret> read_secret_fd(int fd, const std::string& name, std::size_t max_bytes);
Result<std::string> read_file(const std::string& path, std::size_t max_bytes);

/// Like read_file, but a missing file is no error: nullopt.
Result<std::optional<std::string>> read_file_if_present(const std::string& path,
                                                        std::size_t max_bytes);

/// Writes all of `bytes`; kIo names `path`.
Result<void> write_all(int fd, std::span<const std::uint8_t> bytes, const std::string& path);

/// "user:group" by name where the name service knows them, else by number.
[[nodiscard]] std::string owner_text(uid_t uid, gid_t gid);

/// Three or four octal digits, "0640".
[[nodiscard]] std::string mode_text(mode_t mode);

/// Holds the one lock that all writers of a configuration directory take (flock on the directory).
/// It ends with the descriptor, so a killed writer never leaves it behind.
class DirectoryLock {
 public:
  /// nullopt: somebody else holds it. Error: the directory cannot be opened.
  static Result<std::optional<DirectoryLock>> try_acquire(const std::string& directory);
  /// Waits for the holder to finish.
  static Result<DirectoryLock> acquire(const std::string& directory);

 private:
  explicit DirectoryLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace base
