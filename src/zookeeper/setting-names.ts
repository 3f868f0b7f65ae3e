// Generated from ZooKeeper 3.8.6, 3.9.5 by “npm run setting-names”. Do not edit.
import type { SettingTable } from '../kit/listed-settings';

export const ZOOKEEPER_SETTINGS: SettingTable = {
  releases: ['3.8.6', '3.9.5'],
  names: [
    ['3.8 3.9', `
      4lw.commands.whitelist DigestAuthenticationProvider.digestAlg DigestAuthenticationProvider.enabled DigestAuthenticationProvider.superDigest
      SASLAuthenticationProvider.superPassword X509AuthenticationProvider.superUser admin.commandURL admin.enableServer admin.forceHttps
      admin.httpVersion admin.idleTimeout admin.portUnification admin.serverAddress admin.serverPort advancedFlowControlEnabled
      allowSaslFailedClients audit.enable audit.impl.class authProvider autopurge.purgeInterval autopurge.snapRetainCount bitHashCacheSize
      client.certReload client.portUnification client.secure clientCnxnSocket clientPort clientPortAddress clientPortListenBacklog
      clientTcpKeepAlive closeSessionTxn.enabled cnxTimeout commitLogCount commitProcessor.maxCommitBatchSize commitProcessor.maxReadBatchSize
      commitProcessor.numWorkerThreads commitProcessor.shutdownTimeout configuration connectToLearnerMasterLimit connectionDecreaseRatio
      connectionDropDecrease connectionDropIncrease connectionFreezeTime connectionMaxTokens connectionTokenFillCount connectionTokenFillTime
      connection_throttle_decrease_ratio connection_throttle_drop_decrease connection_throttle_drop_increase connection_throttle_fill_count
      connection_throttle_fill_time connection_throttle_freeze_time connection_throttle_global_session_weight
      connection_throttle_local_session_weight connection_throttle_renew_session_weight connection_throttle_tokens
      connection_throttle_weight_enabled controllerPort dataDir dataLogDir datadir.autocreate db.autocreate digest.enabled disableAutoWatchReset
      dynamicConfigFile electionAlg electionPortBindRetry emulate353TTLNodes enableEagerACLCheck enforce.auth.enabled enforce.auth.schemes
      enforceQuota ensembleAuthName extendedTypesEnabled fastleader.maxNotificationInterval fastleader.minNotificationInterval flushDelay
      follower.skipLearnerRequestToNextProcessor forceSnapshotSync forceSync forward_learner_requests_to_commit_processor_disabled
      fsync.warningthresholdms globalOutstandingLimit initLimit intBufferStartingSizeBytes jmx.log4j.disable jmx.log4j.mbean jute.maxbuffer
      jute.maxbuffer.extrasize kerberos.canonicalizeHostNames kerberos.minReLoginTimeMs kerberos.removeHostFromPrincipal
      kerberos.removeRealmFromPrincipal kinit largeRequestMaxBytes largeRequestThreshold leader.ackLoggingFrequency leader.closeSocketAsync
      leader.maxConcurrentDiffSyncs leader.maxConcurrentSnapSyncs leader.maxTimeToWaitForEpoch leaderConnectDelayDuringRetryMs leaderServes
      learner.asyncSending learner.closeSocketAsync letAnySaslUserDoX localSessionsEnabled localSessionsUpgradingEnabled maxBatchSize
      maxClientCnxns maxCnxns maxConcurrentDiffSyncs maxConcurrentSnapSyncs maxGetChildrenResponseCacheSize maxInProcessingDeadWatchers
      maxResponseCacheSize maxSessionTimeout maxTimeToWaitForEpoch maxWriteQueuePollTime messageTracker.BufferSize messageTracker.Enabled
      metricsProvider.className metricsProvider.exportJvmInfo metricsProvider.httpHost metricsProvider.httpPort metricsProvider.maxQueueSize
      metricsProvider.numWorkerThreads metricsProvider.workerShutdownTimeoutMs minSessionTimeout multiAddress.enabled
      multiAddress.reachabilityCheckEnabled multiAddress.reachabilityCheckTimeoutMs netty.advancedFlowControl.enabled
      netty.server.earlyDropSecureConnectionHandshakes netty.server.outstandingHandshake.limit nio.directBufferBytes nio.numSelectorThreads
      nio.numWorkerThreads nio.sessionlessCnxnTimeout nio.shutdownTimeout observer.election.DelayMs observer.reconnectDelayMs observer.syncEnabled
      observerMaster.sizeLimit observerMasterPort oraclePath outstandingHandshake.limit pathStats.delay pathStats.enabled pathStats.initialDelay
      pathStats.maxDepth pathStats.sampleRate pathStats.slotCapacity pathStats.slotDuration pathStats.topPathMax peerType portUnification
      preAllocSize quorum.cnxn.threads.size quorumCnxnTimeoutMs quorumListenOnAllIPs reconfigEnabled request.timeout requestStaleConnectionCheck
      requestStaleLatencyCheck requestThrottleDropStale requestThrottleLimit requestThrottleStallTime request_stale_connection_check
      request_stale_latency_check request_throttle_drop_stale request_throttle_max_requests request_throttle_stall_time
      request_throttler.shutdownTimeout requireKerberosConfig sasl.client sasl.client.canonicalize.hostname sasl.client.username sasl.clientconfig
      sasl.serverconfig secureClientPort secureClientPortAddress security.auth_to_local server.principal server.realm serverCnxnFactory
      sessionRequireClientSASLAuth skipACL snapCount snapSizeLimitInKb snapshot.compression.method snapshot.trust.empty snapshotSizeFactor
      ssl.allowReverseDnsLookup ssl.authProvider ssl.ciphersuites ssl.clientAuth ssl.context.supplier.class ssl.crl ssl.enabledProtocols
      ssl.handshakeDetectionTimeoutMillis ssl.hostnameVerification ssl.keyStore.location ssl.keyStore.password ssl.keyStore.passwordPath
      ssl.keyStore.type ssl.ocsp ssl.protocol ssl.quorum.allowReverseDnsLookup ssl.quorum.ciphersuites ssl.quorum.clientAuth
      ssl.quorum.context.supplier.class ssl.quorum.crl ssl.quorum.enabledProtocols ssl.quorum.handshakeDetectionTimeoutMillis
      ssl.quorum.hostnameVerification ssl.quorum.keyStore.location ssl.quorum.keyStore.password ssl.quorum.keyStore.passwordPath
      ssl.quorum.keyStore.type ssl.quorum.ocsp ssl.quorum.protocol ssl.quorum.trustStore.location ssl.quorum.trustStore.password
      ssl.quorum.trustStore.passwordPath ssl.quorum.trustStore.type ssl.trustStore.location ssl.trustStore.password ssl.trustStore.passwordPath
      ssl.trustStore.type sslQuorum sslQuorumReloadCertFiles standaloneEnabled superUser syncEnabled syncLimit tcpKeepAlive testingonly.initialZxid
      throttledOpWaitTime throttled_op_wait_time tickTime txnLogSizeLimitInKb version watchManagerName watcherCleanIntervalInSeconds
      watcherCleanThreadsNum watcherCleanThreshold znode.container.checkIntervalMs znode.container.maxNeverUsedIntervalMs
      znode.container.maxPerMinute zookeeper.connection_throttle_global_session_weight zookeeper.connection_throttle_local_session_weight
      zookeeper.connection_throttle_renew_session_weight zookeeper.connection_throttle_weight_enabled
    `],
    ['3.9', `
      IPAuthenticationProvider.usexforwardedfor admin.needClientAuth admin.rateLimiterIntervalInMS admin.restore.enabled admin.snapshot.enabled
      serializeLastProcessedZxid.enabled ssl.clientHostnameVerification ssl.quorum.clientHostnameVerification ssl.sslProvider
      test.allowDiscontinuousProposals
    `],
  ],
};
