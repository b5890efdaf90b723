#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace base {

/// One file as it shall be afterwards. A file that exists keeps its owner, group and mode; `mode`
/// is for one that does not.
struct FileChange {
  std::string name;  ///< relative to the directory of its change set, without a slash
  Secret bytes;
  mode_t mode = 0660;
  /// The name must be free: refuse, before anything is staged, where a file has it already.
  bool must_be_new = false;
};

/// A directory with its files, new as a whole. One of that name that exists is kept beside it as
/// `<name>.<kept_suffix>`, with a number behind it where that is taken; with an empty suffix it is
/// removed once the change is complete.
struct DirectoryChange {
  std::string name;
  mode_t mode = 0750;
  std::vector<FileChange> files;
  std::string kept_suffix;
};

/// An entry of the directory that another one replaces: `from` is renamed over it, or, where that
/// is empty, it is removed. A directory goes with everything in it.
struct EntryMove {
  std::string name;
  std::string from;
};

/// Changes of one configuration directory that happen together or not at all.
struct ChangeSet {
  std::string directory;
  std::vector<DirectoryChange> directories;
  /// Files elsewhere, by absolute path: each must not exist yet, or be empty. They are written
  /// before `files`.
  std::vector<FileChange> outside_files;
  std::vector<FileChange> files;
  std::vector<EntryMove> moves;
};

/// Makes the changes durable, all or none.
///
/// Everything is first written beside its target (`<name>.esboot-new`) and synced. Then one file,
/// `.esboot-journal`, is renamed into place: that rename is the commit. From there on the targets
/// are replaced one by one, and the journal is removed last. Whoever finds a journal later
/// (`recover`) finishes the replacing, so that half a commit is never seen; without a journal the
/// staged files mean nothing and are removed. A target that cannot be renamed over (a bind mount
/// answers EBUSY) or whose owner we may not give to a new file is overwritten in place from its
/// staged copy, which the journal makes repeatable. So is a file of another directory: an empty one
/// is made when staging, to see that it can be, and its bytes are staged here.
///
/// The caller holds the DirectoryLock. What is created by root belongs to the owner and group of
/// the directory. Errors: kCannotCreate, kIo, kConfig; after an Error the directory is either
/// untouched or the next `recover` completes the change.
Result<void> commit(const ChangeSet& changes);

/// Completes a commit that was interrupted, or removes what an unfinished one staged. Cheap and
/// without effect where there is neither. The caller holds the DirectoryLock.
Result<void> recover(const std::string& directory);

}  // namespace base
