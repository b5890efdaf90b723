#pragma once

#include <filesystem>
#include <optional>
#include <string>

/// The real thing that tests compare with. Every function returns nullopt where it is not to be had
/// on this machine; the test then says so with report_skip.
namespace test_support {

/// A JDK (with javac) fit for this Elasticsearch: 17 for 8.x, the newest from 21 on for 9.x.
/// Looks at ES_JAVA_HOME, JAVA_HOME and /usr/lib/jvm.
[[nodiscard]] std::optional<std::filesystem::path> jdk_for(const std::string& version);

/// A ready, read-only ES_HOME of this version, fetched by `./dev es` where it is not yet there.
/// `option` is one of that verb, such as --with-encryption.
[[nodiscard]] std::optional<std::filesystem::path> es_home(const std::string& version,
                                                           const std::string& option = "");

/// A directory with the server jar of this version and what it needs, fetched by `./dev
/// server-jars`.
[[nodiscard]] std::optional<std::filesystem::path> server_jars(const std::string& version);

/// The ignored directory in which `./dev` keeps what it fetched.
[[nodiscard]] std::filesystem::path cache_directory();

/// Compiles tests/java/<name>.java against the jars in the directory `jars`. `classes` is where the
/// classes go. An empty text, or what the compiler said.
[[nodiscard]] std::string compile_java(const std::filesystem::path& jdk,
                                       const std::filesystem::path& jars, const std::string& name,
                                       const std::filesystem::path& classes);

/// "SKIPPED: <test>: <reason>" on stdout; `./dev test` counts such lines.
void report_skip(const std::string& test, const std::string& reason);

}  // namespace test_support
