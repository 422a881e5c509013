CREATE TABLE `instances` (
  `id` varchar(36) NOT NULL,
  `number` bigint(20) NOT NULL,
  `name` varchar(255) NOT NULL,
  `hostname` varchar(255) NOT NULL,
  `project_id` varchar(64) NOT NULL,
  `user_id` varchar(64) NOT NULL,
  `image_id` varchar(64) NOT NULL,
  `flavor_id` varchar(64) NOT NULL,
  `key_name` varchar(255) DEFAULT NULL,
  `key_data` longtext DEFAULT NULL,
  `user_data` longtext DEFAULT NULL,
  `metadata` longtext NOT NULL,
  `config_drive` tinyint(1) NOT NULL,
  `access_ipv4` varchar(64) NOT NULL,
  `access_ipv6` varchar(64) NOT NULL,
  `availability_zone` varchar(255) NOT NULL,
  `host` varchar(255) DEFAULT NULL,
  `vm_state` varchar(32) NOT NULL,
  `task_state` varchar(32) DEFAULT NULL,
  `power_state` bigint(20) NOT NULL,
  `wanted` varchar(32) NOT NULL,
  `generation` bigint(20) NOT NULL,
  `rebuilds` bigint(20) NOT NULL,
  `requested_networks` longtext NOT NULL,
  `security_groups` longtext NOT NULL,
  `security_group_ids` longtext DEFAULT NULL,
  `network_info` longtext DEFAULT NULL,
  `fault` longtext DEFAULT NULL,
  `created_at` varchar(32) NOT NULL,
  `updated_at` varchar(32) NOT NULL,
  `launched_at` varchar(32) DEFAULT NULL,
  `terminated_at` varchar(32) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_instances_number` (`number`),
  KEY `ix_instances_host` (`host`),
  KEY `ix_instances_project_id` (`project_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `instances` VALUES ('111111111111111111111111111111111111',1,'vm é','vm','dddddddddddddddddddddddddddddddd','u','i','1','key','ssh-rsa AAAA',NULL,'{\"role\":\"old\"}',1,'','','nova','compute1','active',NULL,1,'running',3,1,'[{\"network_id\":\"n\"}]','[\"default\"]',NULL,NULL,NULL,'2026-11-20T12:00:00.000Z','2026-11-20T12:00:00.000Z','2026-11-20T12:00:00.000Z',NULL);
INSERT INTO `instances` VALUES ('222222222222222222222222222222222222',2,'vm2','vm','dddddddddddddddddddddddddddddddd','u','i','1','key','ssh-rsa AAAA',NULL,'{\"role\":\"old\"}',1,'','','nova','compute1','active',NULL,1,'running',3,1,'[{\"network_id\":\"n\"}]','[\"default\"]',NULL,NULL,'{\"code\":500,\"created\":\"2026-11-20T12:00:00.000Z\",\"message\":\"no\"}','2026-11-20T12:00:00.000Z','2026-11-20T12:00:00.000Z','2026-11-20T12:00:00.000Z',NULL);
CREATE TABLE `keypairs` (
  `user_id` varchar(64) NOT NULL,
  `name` varchar(255) NOT NULL,
  `public_key` longtext NOT NULL,
  `fingerprint` varchar(255) NOT NULL,
  `created_at` varchar(32) NOT NULL,
  PRIMARY KEY (`user_id`,`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `keypairs` VALUES ('u','key','ssh-rsa AAAA','aa:bb','2026-11-20T12:00:00.000Z');
CREATE TABLE `schema_version` (
  `version` bigint(20) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
INSERT INTO `schema_version` VALUES (1);
CREATE TABLE `services` (
  `id` bigint(20) NOT NULL,
  `host` varchar(255) NOT NULL,
  `binary` varchar(255) NOT NULL,
  `zone` varchar(255) NOT NULL,
  `disabled` tinyint(1) NOT NULL,
  `disabled_reason` varchar(255) DEFAULT NULL,
  `memory_mb` bigint(20) NOT NULL,
  `vcpus` bigint(20) NOT NULL,
  `seen_at` bigint(20) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_services_host_binary` (`host`,`binary`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `services` VALUES (1,'compute1','nova-compute','nova',0,NULL,1024,2,1795000000000);
INSERT INTO `services` VALUES (2,'compute2','nova-compute','nova',1,NULL,1024,2,1795000000000);
INSERT INTO `services` VALUES (3,'compute3','nova-compute','nova',0,NULL,1024,2,1795000000000);
