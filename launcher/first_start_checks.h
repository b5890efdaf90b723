#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "launcher/settings.h"

namespace launcher {

/// What a stream of the caller is connected to.
enum class StreamKind { kTerminal, kRegularFile, kOther };

/// One data directory and whether anything is in it.
struct DataDirectory {
  std::string path;
  bool has_entries = false;
};

/// What one pass over the disk saw; the checks look at nothing else.
struct NodeFacts {
  std::string config_directory;
  std::string yml_path;
  std::string keystore_path;
  base::FileFacts config_facts;
  base::FileFacts yml_facts;
  base::FileFacts keystore_facts;
  std::vector<DataDirectory> data_directories;
  std::set<std::string> keystore_names;
  StreamKind stdout_kind = StreamKind::kOther;
  /// Somewhere else than a terminal was chosen for the credentials, or the password is supplied.
  bool credentials_place_named = false;
  /// The file that the password goes to; empty for a terminal or a supplied password.
  std::string credentials_path;
  base::FileFacts credentials_facts;
  uid_t effective_uid = 0;
};

/// Why a check stands against configuring, and what to do about it.
struct Finding {
  std::string reason;
  std::string hint;
};

/// One first-start check.
struct FirstStartCheck {
  std::string_view name;
  std::string_view looks_at;
  /// True for a check that fails on every later start of a node that is configured: it is reported
  /// only on request.
  bool means_configured;
  /// A node that joins need not pass it.
  bool only_to_form;
  /// The kind of error that a node which is to join and does not pass ends with (behaviour page
  /// 4.1 and 4.2).
  base::ErrorKind kind_when_joining;
  /// nullopt: passed.
  std::optional<Finding> (*run)(const NodeFacts& facts, const Settings& settings);
};

/// All checks in the order in which the stock launcher makes them (behaviour page 4.1 and 4.2);
/// those of our own come after.
[[nodiscard]] std::span<const FirstStartCheck> first_start_checks();

/// Configure, or the first check that stands against it.
struct Verdict {
  bool configure = true;
  bool already_configured = false;
  std::string_view check;
  Finding finding;
};
[[nodiscard]] Verdict decide(const NodeFacts& facts, const Settings& settings);

/// Only whether data directory, settings and keystore are as a first start finds them. Error: kNoop
/// or kConfig.
base::Result<void> check_files(const NodeFacts& facts, const Settings& settings);

/// For a node with data that is to be secured: only what would stand in the way of its new files,
/// or of a cluster of one. Error: as for check_joining.
base::Result<void> check_existing(const NodeFacts& facts, const Settings& settings);

/// For a node that is to join by a token: the checks in its way are errors. Error: kNoop, kConfig
/// or kCannotCreate, as the check has it.
base::Result<void> check_joining(const NodeFacts& facts, const Settings& settings);

}  // namespace launcher
