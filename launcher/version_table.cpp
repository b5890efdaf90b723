#include "launcher/version_table.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace launcher {
namespace {

using enum OptionCondition;
using Options = std::span<const SystemOption>;

// The system list of each version is put together from these runs of options, in the order in which
// the server is given them (behaviour page 3.4).
constexpr std::array kNetwork{SystemOption{kAlways, "-Des.networkaddress.cache.ttl=60"},
                              SystemOption{kAlways, "-Des.networkaddress.cache.negative.ttl=10"}};
constexpr std::array kSecurityManager{SystemOption{kAlways, "-Djava.security.manager=allow"}};
constexpr std::array kSecurityManagerUntil24{
    SystemOption{kJavaBefore24, "-Djava.security.manager=allow"}};
constexpr std::array kRuntime{SystemOption{kAlways, "-XX:+AlwaysPreTouch"},
                              SystemOption{kAlways, "-Xss1m"},
                              SystemOption{kAlways, "-Djava.awt.headless=true"},
                              SystemOption{kAlways, "-Dfile.encoding=UTF-8"},
                              SystemOption{kAlways, "-Djna.nosys=true"},
                              SystemOption{kAlways, "-XX:-OmitStackTraceInFastThrow"},
                              SystemOption{kAlways, "-Dio.netty.noUnsafe=true"},
                              SystemOption{kAlways, "-Dio.netty.noKeySetOptimization=true"},
                              SystemOption{kAlways, "-Dio.netty.recycler.maxCapacityPerThread=0"}};
constexpr std::array kLuceneCodecs{
    SystemOption{kAlways,
                 "--add-opens=org.apache.lucene.core/"
                 "org.apache.lucene.codecs.lucene99=org.elasticsearch.server"}};
constexpr std::array kLuceneBackwardCodecs{
    SystemOption{kAlways,
                 "--add-opens=org.apache.lucene.backward_codecs/"
                 "org.apache.lucene.backward_codecs.lucene90=org.elasticsearch.server"},
    SystemOption{kAlways,
                 "--add-opens=org.apache.lucene.backward_codecs/"
                 "org.apache.lucene.backward_codecs.lucene91=org.elasticsearch.server"},
    SystemOption{kAlways,
                 "--add-opens=org.apache.lucene.backward_codecs/"
                 "org.apache.lucene.backward_codecs.lucene92=org.elasticsearch.server"},
    SystemOption{kAlways,
                 "--add-opens=org.apache.lucene.backward_codecs/"
                 "org.apache.lucene.backward_codecs.lucene94=org.elasticsearch.server"},
    SystemOption{kAlways,
                 "--add-opens=org.apache.lucene.backward_codecs/"
                 "org.apache.lucene.backward_codecs.lucene95=org.elasticsearch.server"}};
constexpr std::array kLuceneVectors{
    SystemOption{kAlways,
                 "--add-opens=org.apache.lucene.core/"
                 "org.apache.lucene.codecs.hnsw=org.elasticsearch.server"},
    SystemOption{kAlways,
                 "--add-opens=org.apache.lucene.core/"
                 "org.apache.lucene.internal.vectorization=org.elasticsearch.server"}};
constexpr std::array kLogging{SystemOption{kAlways, "-Dlog4j.shutdownHookEnabled=false"},
                              SystemOption{kAlways, "-Dlog4j2.disable.jmx=true"},
                              SystemOption{kAlways, "-Dlog4j2.formatMsgNoLookups=true"}};
constexpr std::array kLocaleCompat{SystemOption{kAlways, "-Djava.locale.providers=SPI,COMPAT"}};
constexpr std::array kLocaleSpiCldr{
    SystemOption{kJavaFrom23, "-Djava.locale.providers=SPI,CLDR"},
    SystemOption{kJavaBefore23, "-Djava.locale.providers=SPI,COMPAT"}};
constexpr std::array kLocaleCldrFrom23{
    SystemOption{kJavaFrom23, "-Djava.locale.providers=CLDR"},
    SystemOption{kJavaBefore23, "-Djava.locale.providers=SPI,COMPAT"}};
constexpr std::array kLocaleCldr{SystemOption{kAlways, "-Djava.locale.providers=CLDR"}};
constexpr std::array kOpenIoToAll{
    SystemOption{kAlways, "--add-opens=java.base/java.io=ALL-UNNAMED"}};
constexpr std::array kOpenIoToPreallocate{
    SystemOption{kAlways, "--add-opens=java.base/java.io=org.elasticsearch.preallocate"}};
constexpr std::array kUpperVectorVersion{
    SystemOption{kAlways, "-Dorg.apache.lucene.vectorization.upperJavaFeatureVersion={java}"}};
constexpr std::array kHome{SystemOption{kAlways, "-Des.path.home={home}"}};
constexpr std::array kDistributionType{SystemOption{kAlways, "-Des.distribution.type={type}"}};
constexpr std::array kJavaType{SystemOption{kAlways, "-Des.java.type={java_type}"}};
constexpr std::array kNativeAccess{
    SystemOption{kJavaFrom21, "--enable-native-access=org.elasticsearch.nativeaccess"}};
constexpr std::array kNativeAccessLucene{SystemOption{
    kJavaFrom21, "--enable-native-access=org.elasticsearch.nativeaccess,org.apache.lucene.core"}};
constexpr std::array kNativeAccessForeign{
    SystemOption{kJavaFrom21,
                 "--enable-native-access=org.elasticsearch.nativeaccess,"
                 "org.elasticsearch.foreign,org.apache.lucene.core"}};
constexpr std::array kNativeAccessStrict{
    SystemOption{kJavaFrom21, "--enable-native-access=ALL-UNNAMED"},
    SystemOption{kJavaFrom24, "--illegal-native-access=deny"}};
constexpr std::array kDockerCgroups{SystemOption{kDocker, "-Des.cgroups.hierarchy.override=/"}};
constexpr std::array kProcessorCount{
    SystemOption{kProcessors, "-XX:ActiveProcessorCount={processors}"}};
constexpr std::array kReplayData{
    SystemOption{kAlways, "-XX:ReplayDataFile={logs}/replay_pid%p.log"}};
constexpr std::array kLibraryPath{SystemOption{kAlways, "-Djava.library.path={platform}"},
                                  SystemOption{kAlways, "-Djna.library.path={platform}"}};
constexpr std::array kJava22Workaround{
    SystemOption{kJava22Early, "-XX:+UnlockDiagnosticVMOptions"},
    SystemOption{kJava22Early, "-XX:G1NumCollectionsKeepPinned=10000000"}};
constexpr std::array kEntitlementsEnabled{SystemOption{kAlways, "-Des.entitlements.enabled=true"}};
constexpr std::array kEntitlementAgent{SystemOption{kAlways, "-XX:+EnableDynamicAgentLoading"},
                                       SystemOption{kAlways, "-Djdk.attach.allowAttachSelf=true"}};
constexpr std::array kBridgeAbsolute{
    SystemOption{kAlways, "--patch-module=java.base={home}/{bridge}"}};
constexpr std::array kBridgeRelative{SystemOption{kAlways, "--patch-module=java.base={bridge}"}};
constexpr std::array kBridgeExportsShort{
    SystemOption{kAlways,
                 "--add-exports=java.base/org.elasticsearch.entitlement.bridge="
                 "org.elasticsearch.entitlement,java.logging,java.net.http,java.naming,jdk.net"}};
constexpr std::array kBridgeExportsLong{
    SystemOption{kAlways,
                 "--add-exports=java.base/org.elasticsearch.entitlement.bridge="
                 "org.elasticsearch.entitlement,java.logging,java.net.http,java.naming,jdk.net,"
                 "jdk.zipfs,jdk.management.agent"}};
constexpr std::array kEntitlementExports{
    SystemOption{kAlways,
                 "--add-exports=jdk.jlink/jdk.tools.jlink.internal=org.elasticsearch.entitlement"},
    SystemOption{kAlways, "--add-exports=java.base/sun.net.www=org.elasticsearch.entitlement"},
    SystemOption{kAlways,
                 "--add-exports=java.base/sun.net.www.protocol.ftp=org.elasticsearch.entitlement"},
    SystemOption{kAlways,
                 "--add-exports=java.base/sun.net.www.protocol.file=org.elasticsearch.entitlement"},
    SystemOption{kAlways,
                 "--add-exports=java.base/sun.net.www.protocol.jar=org.elasticsearch.entitlement"},
    SystemOption{kAlways,
                 "--add-exports=java.base/sun.net.www.protocol.http=org.elasticsearch.entitlement"},
    SystemOption{
        kAlways,
        "--add-exports=java.base/sun.net.www.protocol.https=org.elasticsearch.entitlement"},
    SystemOption{
        kAlways,
        "--add-exports=java.base/sun.net.www.protocol.mailto=org.elasticsearch.entitlement"},
    SystemOption{kAlways, "--add-exports=java.base/sun.nio.ch=org.elasticsearch.entitlement"},
    SystemOption{kAlways,
                 "--add-exports=java.base/jdk.internal.foreign=org.elasticsearch.entitlement"},
    SystemOption{kAlways,
                 "--add-exports=java.base/jdk.internal.foreign.abi=org.elasticsearch.entitlement"},
    SystemOption{
        kAlways,
        "--add-exports=java.base/jdk.internal.foreign.layout=org.elasticsearch.entitlement"},
    SystemOption{kAlways,
                 "--add-exports=java.net.http/jdk.internal.net.http=org.elasticsearch.entitlement"},
    SystemOption{kAlways, "--add-exports=jdk.jdi/com.sun.tools.jdi=org.elasticsearch.entitlement"}};

/// Runs that several versions have in the same order, as one.
template <std::size_t... sizes>
constexpr auto joined(const std::array<SystemOption, sizes>&... runs) {
  std::array<SystemOption, (sizes + ...)> all{};
  auto at = all.begin();
  ((at = std::copy(runs.begin(), runs.end(), at)), ...);
  return all;
}

constexpr auto kMachine = joined(kDockerCgroups, kProcessorCount, kReplayData);
constexpr auto kMachineAndJava22 = joined(kMachine, kJava22Workaround);
constexpr auto kTypes = joined(kDistributionType, kJavaType);
constexpr auto kHomeAndTypes = joined(kHome, kTypes);
constexpr auto kLuceneAccess = joined(kNativeAccessLucene, kNativeAccessStrict);
constexpr auto kLuceneAccessAndMachine = joined(kLuceneAccess, kMachineAndJava22);
constexpr auto kCldrAndVectorVersion = joined(kLogging, kLocaleCldr, kUpperVectorVersion);
constexpr auto kForcedEntitlements =
    joined(kSecurityManagerUntil24, kEntitlementsEnabled, kEntitlementAgent);
constexpr auto kEarlyStart = joined(kNetwork, kSecurityManager, kRuntime, kLogging);

constexpr std::array<Options, 4> kOptions83{kEarlyStart, kLocaleCompat, kOpenIoToAll,
                                            kDockerCgroups};
constexpr std::array<Options, 4> kOptions811{kEarlyStart, kLocaleCompat, kOpenIoToPreallocate,
                                             kDockerCgroups};
constexpr std::array<Options, 6> kOptions813{kEarlyStart,   kLocaleCompat, kOpenIoToPreallocate,
                                             kNativeAccess, kMachine,      kDistributionType};
constexpr std::array<Options, 8> kOptions815{
    kEarlyStart, kLocaleSpiCldr, kOpenIoToPreallocate, kNativeAccessLucene,
    kMachine,    kLibraryPath,   kDistributionType,    kJava22Workaround};
constexpr std::array<Options, 8> kOptions817{kNetwork,          kRuntime,
                                             kLogging,          kLocaleCldrFrom23,
                                             kDistributionType, kNativeAccessLucene,
                                             kMachineAndJava22, kSecurityManager};
constexpr std::array<Options, 10> kOptions819{kNetwork,
                                              kRuntime,
                                              kLogging,
                                              kLocaleCldrFrom23,
                                              kUpperVectorVersion,
                                              kHomeAndTypes,
                                              kLuceneAccessAndMachine,
                                              kEntitlementAgent,
                                              kBridgeAbsolute,
                                              kBridgeExportsLong};
constexpr std::array<Options, 8> kOptions90{kNetwork,
                                            kRuntime,
                                            kCldrAndVectorVersion,
                                            kTypes,
                                            kLuceneAccessAndMachine,
                                            kForcedEntitlements,
                                            kBridgeRelative,
                                            kBridgeExportsShort};
constexpr std::array<Options, 10> kOptions91{kNetwork,
                                             kRuntime,
                                             kLuceneCodecs,
                                             kLuceneBackwardCodecs,
                                             kCldrAndVectorVersion,
                                             kHomeAndTypes,
                                             kLuceneAccessAndMachine,
                                             kForcedEntitlements,
                                             kBridgeAbsolute,
                                             kBridgeExportsShort};
constexpr std::array<Options, 11> kOptions92{kNetwork,
                                             kRuntime,
                                             kLuceneCodecs,
                                             kLuceneVectors,
                                             kCldrAndVectorVersion,
                                             kHomeAndTypes,
                                             kLuceneAccessAndMachine,
                                             kEntitlementAgent,
                                             kBridgeAbsolute,
                                             kBridgeExportsShort,
                                             kEntitlementExports};
constexpr std::array<Options, 12> kOptions95{kNetwork,
                                             kRuntime,
                                             kLuceneCodecs,
                                             kLuceneVectors,
                                             kCldrAndVectorVersion,
                                             kHomeAndTypes,
                                             kNativeAccessForeign,
                                             kNativeAccessStrict,
                                             kMachineAndJava22,
                                             kEntitlementAgent,
                                             kBridgeAbsolute,
                                             kBridgeExportsLong};

// The process builder of 8.3 to 8.11 appends the distribution type after everything else; see
// jvm_command.cpp, which does the same wherever the system list lacks it.

constexpr std::array<std::string_view, 0> kNoModules{};
constexpr std::array<std::string_view, 1> kModules87{"--add-modules=jdk.net"};
constexpr std::array<std::string_view, 2> kModules811{"--add-modules=jdk.net",
                                                      "--add-modules=ALL-MODULE-PATH"};
constexpr std::array<std::string_view, 3> kModules819{
    "--add-modules=jdk.net", "--add-modules=jdk.management.agent", "--add-modules=ALL-MODULE-PATH"};

using enum ServerArgsForm;
constexpr auto kNoApm = ApmDefaults::kNone;
constexpr auto kApm87 = ApmDefaults::kEarliest;
constexpr auto kApm811 = ApmDefaults::kEarly;
constexpr auto kApm = ApmDefaults::kOrdinary;
constexpr auto kApmLess = ApmDefaults::kSparing;
constexpr auto kInHome = WorkingDirectory::kHome;
constexpr auto kInLogs = WorkingDirectory::kLogs;

// clang-format off
constexpr std::array kRows{
    //            version      whole  java     ks  server args        cwd      names  encr   clear  ovrhd allset search log4j align  javao  plug   apm        tz     vector
    VersionFacts{{8, 3, 3},    true,  17, 0, 5, kKeystorePassword,  kInHome, false, false, false, false, false, false, false, true, false, false, kNoApm  ,  false, false, kOptions83,  kNoModules},
    VersionFacts{{8, 7, 1},    true,  17, 0, 5, kSecrets,           kInHome, false, false, false, false, false, false, true,  true, false, true , kApm87  ,  false, false, kOptions83,  kModules87},
    VersionFacts{{8, 11, 4},   true,  17, 0, 5, kSecrets,           kInHome, false, false, false, false, false, false, true,  true, false, true , kApm811 ,  false, true,  kOptions811, kModules811},
    // No distribution of it is published, but its server jar is, and reads this.
    VersionFacts{{8, 12, 2},   false, 17, 0, 5, kSecretsAndLogsDir, kInHome, false, false, false, false, false, false, true,  true, false, true , kApm811 ,  false, true,  kOptions811, kModules811},
    VersionFacts{{8, 13, 4},   true,  17, 0, 5, kSecretsAndLogsDir, kInHome, false, false, false, false, false, false, true,  true, false, true , kApm    ,  false, true,  kOptions813, kModules811},
    VersionFacts{{8, 15, 5},   true,  17, 0, 6, kSecretsAndLogsDir, kInHome, false, false, false, false, true,  true,  true,  true, false, true , kApm    ,  false, true,  kOptions815, kModules811},
    VersionFacts{{8, 17, 10},  true,  17, 23,6, kSecretsAndLogsDir, kInHome, true,  false, false, false, true,  true,  true,  true, false, true , kApm    ,  false, true,  kOptions817, kModules811},
    VersionFacts{{8, 19, 21},  true,  17, 0, 7, kSecretsAndLogsDir, kInLogs, true,  false, false, true , true,  true,  true,  true, true , true , kApmLess,  true,  true,  kOptions819, kModules819},
    VersionFacts{{9, 0, 8},    true,  21, 0, 7, kSecretsAndLogsDir, kInHome, true,  false, false, false, true,  true,  true,  true, true , true , kApm    ,  true,  true,  kOptions90,  kModules819},
    VersionFacts{{9, 1, 10},   true,  21, 0, 7, kSecretsAndLogsDir, kInLogs, true,  false, false, false, true,  true,  true,  true, true , true , kApm    ,  true,  true,  kOptions91,  kModules819},
    VersionFacts{{9, 2, 8},    true,  21, 0, 7, kSecretsAndLogsDir, kInLogs, true,  false, false, true , true,  true,  true,  true, true , true , kApmLess,  true,  true,  kOptions92,  kModules819},
    VersionFacts{{9, 5, 3},    true,  21, 0, 7, kSecretsAndLogsDir, kInLogs, true,  true,  true, false,  true,  true,  true,  false, true , true , kApmLess, true,  true,  kOptions95,  kModules819},
};
// clang-format on

constexpr Version kOldest{8, 3, 0};

}  // namespace

std::string Version::text() const {
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

std::optional<Version> parse_version(std::string_view text) {
  Version version;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (int* const part : {&version.major, &version.minor, &version.patch}) {
    if (part != &version.major) {
      if (at == end || *at != '.') return std::nullopt;
      ++at;
    }
    const auto [next, error] = std::from_chars(at, end, *part);
    if (error != std::errc() || *part < 0) return std::nullopt;
    at = next;
  }
  if (at != end && *at != '-') return std::nullopt;
  return version;
}

base::Result<VersionRow> facts_for(const Version& version) {
  if (version < kOldest)
    return base::Error{base::ErrorKind::kConfig,
                       "Elasticsearch " + version.text() +
                           " is older than 8.3, the first release "
                           "that this program can start",
                       "start it with its own bin/elasticsearch", 0};
  VersionRow row{kRows.data(), Verified::kBetweenRows};
  for (const VersionFacts& facts : kRows) {
    // Patch releases keep their interface, so the row of a minor version serves all of them.
    if (Version{facts.from.major, facts.from.minor, 0} > version) break;
    const bool same_minor = facts.from.major == version.major && facts.from.minor == version.minor;
    row = {&facts, same_minor && facts.compared_whole ? Verified::kYes : Verified::kBetweenRows};
  }
  if (version > kRows.back().from && row.verified != Verified::kYes)
    row.verified = Verified::kNewerThanTable;
  return row;
}

}  // namespace launcher
