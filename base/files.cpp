#include "base/files.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace base {
namespace {

FileType type_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return FileType::kRegular;
    case S_IFDIR:
      return FileType::kDirectory;
    case S_IFLNK:
      return FileType::kSymlink;
    default:
      return FileType::kOther;
  }
}

UniqueFd open_to_read(const std::string& path) {
  // O_NONBLOCK: a FIFO in the place of a file must not hang a start.
  return UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
}

}  // namespace

Error file_error(ErrorKind kind, const std::string& verb, const std::string& path, int sys_errno) {
  std::string hint;
  if (sys_errno == EACCES || sys_errno == EPERM)
    hint = "check who owns it and its mode (ls -ld '" + path + "')";
  if (sys_errno == ENOSPC || sys_errno == EDQUOT) hint = "free some space on its file system";
  if (sys_errno == EROFS) hint = "its file system is mounted read-only";
  return Error{kind, "cannot " + verb + " " + path + ": " + std::strerror(sys_errno),
               std::move(hint), sys_errno};
}

FileFacts facts_of(const std::string& path) {
  FileFacts facts;
  struct stat status{};
  if (lstat(path.c_str(), &status) != 0) {
    facts.sys_errno = errno;
    facts.type = errno == ENOENT ? FileType::kMissing : FileType::kUnknown;
    return facts;
  }
  facts.type = type_of(status.st_mode);
  facts.mode = status.st_mode & 07777U;
  facts.uid = status.st_uid;
  facts.gid = status.st_gid;
  facts.size_bytes = static_cast<std::uint64_t>(status.st_size);
  facts.readable = faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) == 0;
  facts.writable = faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
  return facts;
}

Result<Secret> read_secret_fd(int fd, const std::string& path, std::size_t max_bytes) {
  struct stat status{};
  if (fstat(fd, &status) != 0) return file_error(ErrorKind::kIo, "read", path, errno);
  if (S_ISDIR(status.st_mode)) return file_error(ErrorKind::kIo, "read", path, EISDIR);
  Secret content;
  std::array<std::uint8_t, 16384> chunk{};
  while (true) {
    const ssize_t got = ::read(fd, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error(ErrorKind::kIo, "read", path, errno);
    if (got == 0) break;
    content.append(std::span(chunk.data(), static_cast<std::size_t>(got)));
    if (content.size() > max_bytes)
      return Error{ErrorKind::kIo,
                   path + " is larger than the " + std::to_string(max_bytes) + " bytes allowed", "",
                   EFBIG};
  }
  wipe_memory(chunk.data(), chunk.size());
  return content;
}

Result<Secret> read_secret_file(const std::string& path, std::size_t max_bytes) {
  const UniqueFd fd = open_to_read(path);
  if (!fd.valid()) return file_error(ErrorKind::kIo, "read", path, errno);
  return read_secret_fd(fd.get(), path, max_bytes);
}

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  BASE_TRY(const Secret content, read_secret_file(path, max_bytes));
  return std::string(content.expose());
}

Result<std::optional<std::string>> read_file_if_present(const std::string& path,
                                                        std::size_t max_bytes) {
  const UniqueFd fd = open_to_read(path);
  if (!fd.valid()) {
    if (errno == ENOENT) return std::optional<std::string>();
    return file_error(ErrorKind::kIo, "read", path, errno);
  }
  BASE_TRY(const Secret content, read_secret_fd(fd.get(), path, max_bytes));
  return std::optional<std::string>(content.expose());
}

Result<void> write_all(int fd, std::span<const std::uint8_t> bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return file_error(ErrorKind::kIo, "write", path, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return {};
}

std::string owner_text(uid_t uid, gid_t gid) {
  const passwd* user = getpwuid(uid);
  const group* grp = getgrgid(gid);
  return (user != nullptr ? user->pw_name : std::to_string(uid)) + ":" +
         (grp != nullptr ? grp->gr_name : std::to_string(gid));
}

std::string mode_text(mode_t mode) {
  std::string digits;
  for (int shift = 9; shift >= 0; shift -= 3)
    digits += static_cast<char>('0' + ((mode >> static_cast<unsigned>(shift)) & 7U));
  return digits;
}

Result<std::optional<DirectoryLock>> DirectoryLock::try_acquire(const std::string& directory) {
  UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return file_error(ErrorKind::kConfig, "open", directory, errno);
  if (flock(fd.get(), LOCK_EX | LOCK_NB) == 0)
    return std::optional<DirectoryLock>(DirectoryLock(std::move(fd)));
  if (errno == EWOULDBLOCK || errno == EINTR) return std::optional<DirectoryLock>();
  return file_error(ErrorKind::kConfig, "lock", directory, errno);
}

Result<DirectoryLock> DirectoryLock::acquire(const std::string& directory) {
  UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return file_error(ErrorKind::kConfig, "open", directory, errno);
  while (flock(fd.get(), LOCK_EX) != 0)
    if (errno != EINTR) return file_error(ErrorKind::kConfig, "lock", directory, errno);
  return DirectoryLock(std::move(fd));
}

}  // namespace base
