#pragma once

#include <string>

#include "base/result.h"
#include "launcher/environment.h"
#include "launcher/version_table.h"

namespace launcher {

/// The JDK that will run the server, known from its `release` file; no JVM is started to learn it.
struct Jdk {
  std::string home;           ///< without symbolic links, as the JVM reports java.home
  std::string java;           ///< home + "/bin/java"
  std::string java_as_named;  ///< the same, with the symbolic links of ES_JAVA_HOME
  int major = 0;
  std::string version;    ///< in full: "25.0.3"
  bool early_22 = false;  ///< 22.0.0 or 22.0.1
  std::string type;       ///< "bundled JDK" or "ES_JAVA_HOME"
};

/// One unpacked Elasticsearch.
struct Installation {
  std::string home;
  Version version;
  std::string version_text;       ///< from the server jar's name, with its qualifier
  std::string distribution_type;  ///< zip, tar, docker, deb or rpm
  const VersionFacts* facts = nullptr;
  Verified verified = Verified::kYes;

  [[nodiscard]] bool has_module(const std::string& name) const;
};

/// ES_HOME: the parent of the program's directory, where that is a `bin` beside a `lib` that holds
/// a server jar; else the variable ES_HOME; else where the packages of Elasticsearch put it.
/// Directory symlinks in `invoked_as` are kept, as the stock script keeps them. Error: kUsage.
base::Result<std::string> find_home(const std::string& invoked_as, const Environment& environment);

/// Reads version and distribution type. Errors: kGeneric without a server jar, kConfig for a
/// version that is too old.
base::Result<Installation> read_installation(const std::string& home);

/// ES_JAVA_HOME, else that of the environment file of a deb or rpm, which the unit reads and a
/// shell does not, else the bundled `jdk`. Errors: kGeneric for ES_JAVA_HOME and for a JDK that is
/// too old, kNotFound without a bundled one.
base::Result<Jdk> find_jdk(const Installation& installation, const Environment& environment);

/// Error: kUsage where this version does not run on a JDK so new (behaviour page 2.8).
base::Result<void> check_newest_java(const Installation& installation, const Jdk& jdk);

/// Which build of Elasticsearch it is.
struct BuildInfo {
  std::string hash;
  std::string date;
};

/// Change and Build-Date of the server jar's manifest, "unknown" for what cannot be read.
[[nodiscard]] BuildInfo read_build_info(const Installation& installation);

/// ES_PATH_CONF of the environment file of a deb or rpm (behaviour page 1.1 step 7), else the
/// variable, else <home>/config; absolute, symbolic links kept. Error: kConfig where it is not a
/// directory.
base::Result<std::string> find_config_directory(const std::string& home,
                                                const Environment& environment);

}  // namespace launcher
