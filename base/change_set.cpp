#include "base/change_set.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <string_view>

#include "base/files.h"
#include "base/text.h"
#include "base/unique_fd.h"

namespace base {
namespace {

constexpr std::string_view kStagedSuffix = ".esboot-new";
constexpr const char* kJournalName = ".esboot-journal";
constexpr mode_t kJournalMode = 0644;  // names only; the owner of the directory can go on with it
constexpr std::size_t kMaxStagedBytes = std::size_t{256} << 20U;

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};

/// The configuration directory, open, and who shall own what is made in it.
struct Place {
  std::string path;
  UniqueFd fd;
  struct stat status{};

  [[nodiscard]] std::string full(const std::string& name) const { return path + "/" + name; }
};

enum class TargetKind { kFile, kDirectory, kOutside, kRemoved };
constexpr std::array<std::string_view, 4> kTargetKinds{"file", "directory", "outside", "removed"};

/// One replacement of the journal: `staged` becomes `target`. For a directory and for what is
/// removed, that which has the target's name becomes `kept` first. The target of kOutside is an
/// absolute path.
struct Replacement {
  TargetKind kind = TargetKind::kFile;
  std::string staged;
  std::string target;
  std::string kept;
};

std::string staged_name(const std::string& name) {
  return name + std::string(kStagedSuffix);
}

Result<Place> open_place(const std::string& directory) {
  Place place;
  place.path = directory;
  place.fd = UniqueFd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!place.fd.valid() || fstat(place.fd.get(), &place.status) != 0)
    return file_error(ErrorKind::kConfig, "open", directory, errno);
  return place;
}

bool exists_at(int directory_fd, const std::string& name, struct stat* status) {
  return fstatat(directory_fd, name.c_str(), status, AT_SYMLINK_NOFOLLOW) == 0;
}

Result<void> sync_fd(int fd, const std::string& path) {
  if (fsync(fd) != 0) return file_error(ErrorKind::kIo, "sync", path, errno);
  return {};
}

Result<void> remove_tree_at(int parent_fd, const std::string& name, const std::string& path) {
  if (unlinkat(parent_fd, name.c_str(), 0) == 0 || errno == ENOENT) return {};
  if (errno != EISDIR && errno != EPERM) return file_error(ErrorKind::kIo, "remove", path, errno);
  const int fd = openat(parent_fd, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return file_error(ErrorKind::kIo, "remove", path, errno);
  const std::unique_ptr<DIR, CloseDirectory> listing(fdopendir(fd));
  if (!listing) return file_error(ErrorKind::kIo, "remove", path, errno);
  while (const dirent* entry = readdir(listing.get())) {
    const std::string_view child = entry->d_name;
    if (child != "." && child != "..") BASE_CHECK(remove_tree_at(fd, entry->d_name, path));
  }
  if (unlinkat(parent_fd, name.c_str(), AT_REMOVEDIR) != 0)
    return file_error(ErrorKind::kIo, "remove", path, errno);
  return {};
}

/// Writes one file exclusively with its final mode, whatever the umask, and syncs it. The owner is
/// `model`'s where the caller may give files away; where not, the one who runs us.
Result<void> write_new_file(int directory_fd, const std::string& name, const Secret& bytes,
                            mode_t mode, const struct stat& model, const std::string& path) {
  const UniqueFd fd(openat(directory_fd, name.c_str(),
                           O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd.valid()) return file_error(ErrorKind::kCannotCreate, "create", path, errno);
  if (geteuid() == 0 && fchown(fd.get(), model.st_uid, model.st_gid) != 0)
    return file_error(ErrorKind::kCannotCreate, "give an owner to", path, errno);
  if (fchmod(fd.get(), mode) != 0)
    return file_error(ErrorKind::kCannotCreate, "set the mode of", path, errno);
  BASE_CHECK(write_all(fd.get(), bytes.bytes(), path));
  return sync_fd(fd.get(), path);
}

/// Gives the staged file what the existing target has. False: not allowed, so write in place. It is
/// the opened file that gets them: the owner of the directory could put a link to another file into
/// its place meanwhile.
bool take_over_owner(int directory_fd, const std::string& staged, const struct stat& target) {
  struct stat now{};
  if (!exists_at(directory_fd, staged, &now)) return false;
  if (now.st_uid == target.st_uid && now.st_gid == target.st_gid) return true;
  const UniqueFd fd(
      openat(directory_fd, staged.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!fd.valid() || fstat(fd.get(), &now) != 0 || !S_ISREG(now.st_mode) || now.st_nlink != 1)
    return false;
  return fchown(fd.get(), target.st_uid, target.st_gid) == 0 &&
         fchmod(fd.get(), target.st_mode & 07777U) == 0;
}

Result<void> stage_file(const Place& place, const FileChange& change) {
  struct stat existing{};
  const bool exists = exists_at(place.fd.get(), change.name, &existing);
  if (exists && change.must_be_new)
    return Error{ErrorKind::kCannotCreate, place.full(change.name) + " exists already",
                 "move it away, or name another file", EEXIST};
  if (exists && !S_ISREG(existing.st_mode))
    return Error{ErrorKind::kConfig, place.full(change.name) + " is not a regular file",
                 "replace it by a regular file", 0};
  const std::string staged = staged_name(change.name);
  BASE_CHECK(write_new_file(place.fd.get(), staged, change.bytes,
                            exists ? existing.st_mode & 07777U : change.mode,
                            exists ? existing : place.status, place.full(staged)));
  return {};
}

Result<void> stage_directory(const Place& place, const DirectoryChange& change) {
  const std::string staged = staged_name(change.name);
  const std::string path = place.full(staged);
  if (mkdirat(place.fd.get(), staged.c_str(), 0700) != 0)
    return file_error(ErrorKind::kCannotCreate, "create", path, errno);
  const UniqueFd fd(
      openat(place.fd.get(), staged.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd.valid()) return file_error(ErrorKind::kCannotCreate, "open", path, errno);
  for (const FileChange& file : change.files)
    BASE_CHECK(write_new_file(fd.get(), file.name, file.bytes, file.mode, place.status,
                              path + "/" + file.name));
  if (geteuid() == 0 && fchown(fd.get(), place.status.st_uid, place.status.st_gid) != 0)
    return file_error(ErrorKind::kCannotCreate, "give an owner to", path, errno);
  if (fchmod(fd.get(), change.mode) != 0)
    return file_error(ErrorKind::kCannotCreate, "set the mode of", path, errno);
  return sync_fd(fd.get(), path);
}

/// `name` with the suffix, or with a number behind it where that is taken: a commit must not find
/// its place occupied after the journal is written.
std::string free_name(const Place& place, const std::string& name, const std::string& suffix) {
  // What carries the suffix of staged files is removed together with them.
  if (suffix.empty()) return staged_name(name + ".old");
  std::string candidate = name + "." + suffix;
  struct stat existing{};
  for (int i = 2; exists_at(place.fd.get(), candidate, &existing); ++i)
    candidate = name + "." + suffix + "." + std::to_string(i);
  return candidate;
}

/// Whether a file of another directory may be one that we made: it is ours, or its owner's whose
/// directory, here or there, we write for. Anybody else may have put it there to be handed what is
/// meant for us.
bool is_trusted(const Place& place, const std::string& path, const struct stat& file) {
  struct stat parent{};
  if (!S_ISREG(file.st_mode) || file.st_nlink != 1 || (file.st_mode & 077U) != 0) return false;
  if (file.st_uid == geteuid() || file.st_uid == place.status.st_uid) return true;
  return stat(path.substr(0, path.rfind('/') + 1).c_str(), &parent) == 0 &&
         file.st_uid == parent.st_uid;
}

/// Makes sure that the file can be made, by making it, empty. True: it was not there before.
Result<bool> reserve_outside(const Place& place, const FileChange& change) {
  const UniqueFd fd(::open(change.name.c_str(),
                           O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, change.mode));
  if (fd.valid()) {
    struct stat parent{};
    const std::string directory = change.name.substr(0, change.name.rfind('/') + 1);
    if (geteuid() == 0 && (stat(directory.c_str(), &parent) != 0 ||
                           fchown(fd.get(), parent.st_uid, parent.st_gid) != 0))
      return file_error(ErrorKind::kCannotCreate, "give an owner to", change.name, errno);
    return true;
  }
  struct stat existing{};
  if (errno != EEXIST || lstat(change.name.c_str(), &existing) != 0)
    return file_error(ErrorKind::kCannotCreate, "create", change.name, errno);
  if (existing.st_size == 0 && is_trusted(place, change.name, existing)) return false;
  return Error{ErrorKind::kCannotCreate, change.name + " exists already and is not ours to fill",
               "remove it, or name another file", EEXIST};
}

/// Journal format: one line a replacement, "<kind>\t<staged>\t<target>\t<kept>" with the kept name
/// for a directory only, and the line "end", so that a cut one is recognised.
std::string journal_text(const std::vector<Replacement>& replacements) {
  std::string text;
  for (const Replacement& each : replacements)
    text += std::string(kTargetKinds[static_cast<std::size_t>(each.kind)]) + "\t" + each.staged +
            "\t" + each.target + "\t" + each.kept + "\n";
  return text + "end\n";
}

Result<std::vector<Replacement>> parse_journal(const std::string& text, const std::string& path) {
  std::vector<Replacement> replacements;
  for (const std::string& line : split(text, '\n')) {
    if (line == "end") return replacements;
    const auto fields = split(line, '\t');
    const auto* const kind = std::find(kTargetKinds.begin(), kTargetKinds.end(), fields[0]);
    if (fields.size() != 4 || kind == kTargetKinds.end()) break;
    const auto which = static_cast<TargetKind>(kind - kTargetKinds.begin());
    const bool outside = which == TargetKind::kOutside;
    const std::string inside = outside ? fields[1] : fields[1] + fields[2] + fields[3];
    if (inside.find('/') != std::string::npos || (outside && !fields[2].starts_with('/'))) break;
    replacements.push_back({which, fields[1], fields[2], fields[3]});
  }
  return Error{ErrorKind::kConfig, path + " is not a journal that this program wrote",
               "remove it if no configuration is under way", 0};
}

/// A file of ours in the directory, with the status of what was opened.
struct StagedFile {
  Secret bytes;
  struct stat status{};
};

/// What was staged under this name. No link is followed: the owner of the directory could name by
/// it what only root may read.
Result<StagedFile> read_staged(const Place& place, const std::string& name) {
  const UniqueFd fd(
      openat(place.fd.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  StagedFile file;
  if (!fd.valid() || fstat(fd.get(), &file.status) != 0)
    return file_error(ErrorKind::kIo, "read", place.full(name), errno);
  if (!S_ISREG(file.status.st_mode))
    return Error{ErrorKind::kIo, place.full(name) + " is not a regular file", "remove it", 0};
  BASE_TRY(file.bytes, read_secret_fd(fd.get(), place.full(name), kMaxStagedBytes));
  return file;
}

/// Copies the staged bytes over the target without replacing the file itself.
Result<void> overwrite_in_place(const Place& place, const Replacement& each) {
  BASE_TRY(const StagedFile staged, read_staged(place, each.staged));
  const Secret& bytes = staged.bytes;
  const std::string path = place.full(each.target);
  const UniqueFd fd(openat(place.fd.get(), each.target.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd.valid()) return file_error(ErrorKind::kIo, "write", path, errno);
  BASE_CHECK(write_all(fd.get(), bytes.bytes(), path));
  if (ftruncate(fd.get(), static_cast<off_t>(bytes.size())) != 0)
    return file_error(ErrorKind::kIo, "write", path, errno);
  BASE_CHECK(sync_fd(fd.get(), path));
  if (unlinkat(place.fd.get(), each.staged.c_str(), 0) != 0)
    return file_error(ErrorKind::kIo, "remove", place.full(each.staged), errno);
  return {};
}

/// Writes the staged bytes to a file of another directory, as often as it takes.
Result<void> write_outside(const Place& place, const Replacement& each) {
  BASE_TRY(const StagedFile staged, read_staged(place, each.staged));
  const Secret& bytes = staged.bytes;
  // Staging has made it, so one that is not there any more has been taken away.
  const UniqueFd fd(::open(each.target.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status{};
  if (!fd.valid() || fstat(fd.get(), &status) != 0)
    return file_error(ErrorKind::kIo, "write", each.target, errno);
  if (!is_trusted(place, each.target, status))
    return Error{ErrorKind::kIo, each.target + " is not the file that was made for this",
                 "look who put it there; remove it and " + place.full(kJournalName), 0};
  BASE_CHECK(write_all(fd.get(), bytes.bytes(), each.target));
  if (ftruncate(fd.get(), static_cast<off_t>(bytes.size())) != 0)
    return file_error(ErrorKind::kIo, "write", each.target, errno);
  BASE_CHECK(sync_fd(fd.get(), each.target));
  if (unlinkat(place.fd.get(), each.staged.c_str(), 0) != 0)
    return file_error(ErrorKind::kIo, "remove", place.full(each.staged), errno);
  return {};
}

Result<void> set_aside(const Place& place, const Replacement& each) {
  const int fd = place.fd.get();
  if (renameat(fd, each.target.c_str(), fd, each.kept.c_str()) == 0 || errno == ENOENT) return {};
  return file_error(ErrorKind::kIo, "set aside", place.full(each.target), errno);
}

Result<void> replace_one(const Place& place, const Replacement& each) {
  if (each.kind == TargetKind::kRemoved) return set_aside(place, each);
  const int fd = place.fd.get();
  struct stat staged{};
  if (!exists_at(fd, each.staged, &staged)) return {};  // an earlier attempt came this far
  if (each.kind == TargetKind::kOutside) return write_outside(place, each);
  struct stat target{};
  const bool target_exists = exists_at(fd, each.target, &target);
  if (each.kind == TargetKind::kDirectory) {
    BASE_CHECK(set_aside(place, each));
  } else if (target_exists && !take_over_owner(fd, each.staged, target)) {
    return overwrite_in_place(place, each);
  }
  if (renameat(fd, each.staged.c_str(), fd, each.target.c_str()) == 0) return {};
  if (errno == EBUSY && each.kind == TargetKind::kFile) return overwrite_in_place(place, each);
  return file_error(ErrorKind::kIo, "replace", place.full(each.target), errno);
}

Result<void> replace_all(const Place& place, const std::vector<Replacement>& replacements) {
  for (const Replacement& each : replacements) BASE_CHECK(replace_one(place, each));
  BASE_CHECK(sync_fd(place.fd.get(), place.path));
  if (unlinkat(place.fd.get(), kJournalName, 0) != 0)
    return file_error(ErrorKind::kIo, "remove", place.full(kJournalName), errno);
  return sync_fd(place.fd.get(), place.path);
}

Result<void> remove_staged(const Place& place) {
  const int fd = ::openat(place.fd.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return file_error(ErrorKind::kConfig, "list", place.path, errno);
  const std::unique_ptr<DIR, CloseDirectory> listing(fdopendir(fd));
  if (!listing) return file_error(ErrorKind::kConfig, "list", place.path, errno);
  while (const dirent* entry = readdir(listing.get()))
    if (std::string_view(entry->d_name).ends_with(kStagedSuffix))
      BASE_CHECK(remove_tree_at(place.fd.get(), entry->d_name, place.full(entry->d_name)));
  return {};
}

/// What staging has done so far.
struct Staged {
  std::vector<Replacement> replacements;
  std::vector<std::string> reserved;  ///< empty files that were made in other directories
};

Result<void> stage_outside(const Place& place, const FileChange& change, Staged* staged) {
  BASE_TRY(const bool made, reserve_outside(place, change));
  if (made) staged->reserved.push_back(change.name);
  const std::string name = staged_name("outside-" + std::to_string(staged->replacements.size()));
  BASE_CHECK(
      write_new_file(place.fd.get(), name, change.bytes, 0600, place.status, place.full(name)));
  staged->replacements.push_back({TargetKind::kOutside, name, change.name, ""});
  return {};
}

/// Whose the journal is: where it names files elsewhere, root keeps it as a proof that it is its
/// own.
struct stat journal_owner(const Place& place, const Staged& staged) {
  struct stat owner = place.status;
  for (const Replacement& each : staged.replacements)
    if (each.kind == TargetKind::kOutside) owner.st_uid = geteuid();
  return owner;
}

Result<void> stage_all(const Place& place, const ChangeSet& changes, Staged* staged) {
  for (const FileChange& change : changes.outside_files)
    BASE_CHECK(stage_outside(place, change, staged));
  for (const DirectoryChange& change : changes.directories) {
    BASE_CHECK(stage_directory(place, change));
    staged->replacements.push_back({TargetKind::kDirectory, staged_name(change.name), change.name,
                                    free_name(place, change.name, change.kept_suffix)});
  }
  for (const FileChange& change : changes.files) {
    BASE_CHECK(stage_file(place, change));
    staged->replacements.push_back({TargetKind::kFile, staged_name(change.name), change.name, ""});
  }
  for (const EntryMove& move : changes.moves)
    staged->replacements.push_back(
        {move.from.empty() ? TargetKind::kRemoved : TargetKind::kDirectory, move.from, move.name,
         staged_name(move.name + ".old")});
  const std::string staged_journal = staged_name(kJournalName);
  BASE_CHECK(write_new_file(place.fd.get(), staged_journal,
                            Secret::copy_of(journal_text(staged->replacements)), kJournalMode,
                            journal_owner(place, *staged), place.full(staged_journal)));
  return sync_fd(place.fd.get(), place.path);
}

/// Takes back what was staged; `error` is the one to report, and what cannot be removed now is
/// removed by the next start.
Error take_back(const Place& place, const Staged& staged, Error error) {
  for (const std::string& path : staged.reserved) unlink(path.c_str());
  if (auto removed = remove_staged(place); !removed) error.hint += removed.error().hint;
  return error;
}

/// nullopt: there is none. One that is not root's cannot make root write outside of the directory,
/// to whose owner it may belong.
Result<std::optional<std::vector<Replacement>>> read_journal(const Place& place) {
  const std::string path = place.full(kJournalName);
  auto journal = read_staged(place, kJournalName);
  if (!journal && journal.error().sys_errno == ENOENT)
    return std::optional<std::vector<Replacement>>();
  if (!journal) return std::move(journal).error();
  BASE_TRY(auto replacements, parse_journal(std::string(journal.value().bytes.expose()), path));
  const bool reaches_out =
      std::any_of(replacements.begin(), replacements.end(),
                  [](const Replacement& each) { return each.kind == TargetKind::kOutside; });
  if (geteuid() == 0 && reaches_out && journal.value().status.st_uid != 0)
    return Error{ErrorKind::kConfig,
                 path + " would have root write to other directories, and is not root's",
                 "run this as the owner of the directory, or remove the file", 0};
  return std::optional(std::move(replacements));
}

}  // namespace

Result<void> commit(const ChangeSet& changes) {
  BASE_TRY(const Place place, open_place(changes.directory));
  BASE_CHECK(remove_staged(place));
  Staged staged;
  if (auto done = stage_all(place, changes, &staged); !done)
    return take_back(place, staged, std::move(done).error());
  const std::string staged_journal = staged_name(kJournalName);
  if (renameat(place.fd.get(), staged_journal.c_str(), place.fd.get(), kJournalName) != 0) {
    return take_back(place, staged, file_error(ErrorKind::kIo, "commit in", place.path, errno));
  }
  BASE_CHECK(sync_fd(place.fd.get(), place.path));
  BASE_CHECK(replace_all(place, staged.replacements));
  return remove_staged(place);
}

Result<void> recover(const std::string& directory) {
  BASE_TRY(const Place place, open_place(directory));
  BASE_TRY(const auto replacements, read_journal(place));
  if (!replacements) return remove_staged(place);
  BASE_CHECK(replace_all(place, *replacements));
  return remove_staged(place);
}

}  // namespace base
