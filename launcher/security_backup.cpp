#include "launcher/security_backup.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "base/files.h"
#include "base/paths.h"
#include "base/sha256.h"
#include "base/text.h"
#include "keystore/keystore.h"

namespace launcher {
namespace {

constexpr const char* kPrefix = "before-security.";
constexpr const char* kNoteName = "written";
constexpr const char* kYml = "elasticsearch.yml";
constexpr const char* kKeystore = "elasticsearch.keystore";
constexpr std::size_t kMaxFileBytes = std::size_t{64} << 20U;
constexpr mode_t kPrivateDirectory = 0700;
constexpr mode_t kPrivateFile = 0600;

base::Result<std::string> hash_of(const base::Secret& bytes) {
  BASE_TRY(const base::Sha256 digest, base::sha256(bytes.bytes()));
  return base::to_hex(digest);
}

base::Error not_whole(const std::string& path) {
  return {base::ErrorKind::kConfig, path + " is no whole backup",
          "copy from it by hand what it has", 0};
}

/// What the note says: the hash of each file as it was written, and whether certs was.
struct Note {
  std::map<std::string, std::string> hashes;
  bool made_certs = false;
};

base::Result<Note> read_note(const std::string& backup_path) {
  BASE_TRY(const std::string text, base::read_file(backup_path + "/" + kNoteName, kMaxFileBytes));
  Note note;
  for (const std::string& line : base::split(text, '\n')) {
    const auto words = base::split(line, ' ');
    if (words.size() != 2) continue;
    if (words[0] == "directory") note.made_certs = true;
    note.hashes[words[1]] = words[0];
  }
  if (!note.hashes.contains(kYml) || !note.hashes.contains(kKeystore))
    return not_whole(backup_path);
  return note;
}

/// Keeps the present file beside the restored one where it is not what was written.
base::Result<void> keep_if_changed(const std::string& config_directory, const std::string& name,
                                   const Note& note, base::ChangeSet* changes) {
  const std::string path = config_directory + "/" + name;
  if (base::facts_of(path).type == base::FileType::kMissing) return {};
  BASE_TRY(base::Secret bytes, base::read_secret_file(path, kMaxFileBytes));
  BASE_TRY(const std::string hash, hash_of(bytes));
  if (note.hashes.at(name) == hash) return {};
  changes->files.push_back({name + ".undone", std::move(bytes), kPrivateFile, false});
  return {};
}

}  // namespace

base::Result<std::string> add_backup(const NodeSite& site, base::UnixSeconds now,
                                     SecurityPlan* plan) {
  base::DirectoryChange backup{kPrefix + std::to_string(now), kPrivateDirectory, {}, "older"};
  for (const char* const name : {kYml, kKeystore}) {
    const std::string path = site.config_directory + "/" + name;
    if (base::facts_of(path).type == base::FileType::kMissing) continue;
    BASE_TRY(base::Secret bytes, base::read_secret_file(path, kMaxFileBytes));
    backup.files.push_back({name, std::move(bytes), kPrivateFile, false});
  }
  std::string note;
  for (const base::FileChange& file : plan->changes.files) {
    BASE_TRY(const std::string hash, hash_of(file.bytes));
    note += hash + " " + file.name + "\n";
  }
  for (const base::DirectoryChange& directory : plan->changes.directories)
    note += "directory " + directory.name + "\n";
  backup.files.push_back({kNoteName, base::Secret::copy_of(note), kPrivateFile, false});
  std::string name = backup.name;
  plan->changes.directories.push_back(std::move(backup));
  return name;
}

std::optional<std::string> newest_backup(const std::string& config_directory) {
  std::optional<std::string> newest;
  for (std::string& name :
       base::list_directory(config_directory).value_or(std::vector<std::string>{}))
    if (name.starts_with(kPrefix) && (!newest || name > *newest)) newest = std::move(name);
  return newest;
}

base::Result<base::ChangeSet> restore_backup(const std::string& config_directory,
                                             const std::string& backup) {
  const std::string from = config_directory + "/" + backup;
  BASE_TRY(const Note note, read_note(from));
  base::ChangeSet changes;
  changes.directory = config_directory;
  for (const char* const name : {kKeystore, kYml}) {
    BASE_CHECK(keep_if_changed(config_directory, name, note, &changes));
    const std::string path = from + "/" + name;
    if (base::facts_of(path).type == base::FileType::kMissing) {
      changes.moves.push_back({name, ""});
      continue;
    }
    BASE_TRY(base::Secret bytes, base::read_secret_file(path, kMaxFileBytes));
    changes.files.push_back({name, std::move(bytes), 0660, false});
  }
  if (note.made_certs) {
    const std::string kept = "certs" + backup.substr(backup.rfind('.')) + ".orig";
    changes.moves.push_back(
        {"certs", base::path_exists(config_directory + "/" + kept) ? kept : ""});
  }
  for (const char* const name : {kPasswordFileName, kKibanaPasswordFileName})
    changes.moves.push_back({name, ""});
  changes.moves.push_back({backup, ""});
  return changes;
}

}  // namespace launcher
