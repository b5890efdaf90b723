#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "launcher/version_table.h"

namespace parity {

/// A range of versions, compared by major and minor.
struct VersionRange {
  launcher::Version first{0, 0, 0};
  launcher::Version last{999, 0, 0};

  [[nodiscard]] bool contains(const launcher::Version& version) const;
};

/// A difference that is on purpose: every line of a comparison that matches `pattern` (fnmatch) in
/// one of `versions` is one, for this reason. Or, with `put_aside_bytes`, those lines together that
/// without_put_aside() takes away.
struct DeclaredDifference {
  std::vector<VersionRange> versions;
  std::string pattern;
  std::string reason;
  std::uint64_t put_aside_bytes = 0;

  [[nodiscard]] bool covers(const launcher::Version& version) const;
};

/// One thing to do to the node directory before the start, in order.
struct Preparation {
  enum class Kind { kFile, kDirectory, kLink, kRemove, kMode } kind;
  std::string path;  ///< below ES_HOME, or with a placeholder
  std::string text;  ///< content, target or octal mode
};

/// A start whose every trace is to be the same with both launchers. In all texts {home}, {root},
/// {jdk} and {tmp} stand for paths.
struct ParityCase {
  std::string behaviour;  ///< the file it stands in
  std::string name;
  bool core = false;  ///< runs in every test run, not only in the full one
  VersionRange versions;
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;
  std::vector<std::string> unset;
  std::vector<Preparation> preparations;
  std::string yml = "xpack.security.enabled: false\n";
  std::string distribution_type;               ///< empty: as unpacked
  std::string keystore_passphrase;             ///< with `has_keystore`
  bool has_keystore = false;                   ///< a keystore of the version's format is there
  std::map<std::string, std::string> secrets;  ///< further entries of that keystore
  bool bundled_jdk = false;                    ///< no ES_JAVA_HOME, but a jdk below ES_HOME
  int java_major = 0;                          ///< the JDK's; 0: the usual one of the version
  /// Of a control group around the one that the start runs in, and of that one, in bytes; 0: none.
  std::uint64_t outer_memory = 0;
  std::uint64_t memory = 0;
  bool exact_stdout = false;           ///< stdout is compared word by word
  bool on_terminal = false;            ///< stdin, stdout and stderr are one
  std::string typed;                   ///< on the terminal, when a secret is asked for
  std::string input;                   ///< stdin
  std::string script = "ready\n";      ///< what the server plays, see stand_in_java.cpp
  std::string directory = "{root}";    ///< the caller's
  std::string program = "{home}/bin";  ///< where the program is called
  std::vector<DeclaredDifference> differences;
  [[nodiscard]] bool is_limited() const { return outer_memory != 0 || memory != 0; }

  std::string source;  ///< its lines, for the key of its record
};

/// The cases of one file. Throws std::runtime_error naming the line that it does not understand.
///
///   = NAME, or =* NAME for a core case        begins a case; all that follows belongs to it
///   arg TEXT                                  one argument
///   env NAME=TEXT, unset NAME                 a variable of the caller
///   yml TEXT                                  a line of elasticsearch.yml, beside the usual one
///   raw-yml                                   without the usual line (security is off)
///   file PATH, followed by "| TEXT" lines     a file of the node
///   dir PATH, link PATH TARGET, remove PATH, mode PATH OCTAL
///   type NAME, keystore [PASSPHRASE], secret NAME TEXT, bundled, java MAJOR, input TEXT
///   memory BYTES, outer-memory BYTES          of a control group, and of one around it
///   script TEXT, raw-script                   what the server plays behind, or instead of, "ready"
///   from DIRECTORY, in DIRECTORY              where the caller is, and the program that it calls
///   exact-stdout                              what it says there is compared, not that it does
///   type-secret TEXT                          on a terminal, where TEXT is typed when asked for
///   since 8.17, until 9.2                     the versions that it is a case of
///   differs [VERSIONS ::] PATTERN :: REASON   VERSIONS as in differences.txt
std::vector<ParityCase> parse_cases(const std::string& text, const std::string& behaviour);

/// "8.19,9.2-9.5 :: PATTERN :: REASON", one a line; # begins a comment. The pattern may also be
/// "memory put aside BYTES".
std::vector<DeclaredDifference> parse_differences(const std::string& text);

}  // namespace parity
