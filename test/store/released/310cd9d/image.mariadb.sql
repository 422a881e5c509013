CREATE TABLE `images` (
  `id` varchar(36) NOT NULL,
  `name` varchar(255) DEFAULT NULL,
  `status` varchar(255) NOT NULL,
  `visibility` varchar(255) NOT NULL,
  `owner` varchar(255) NOT NULL,
  `disk_format` varchar(255) DEFAULT NULL,
  `container_format` varchar(255) DEFAULT NULL,
  `size` bigint(20) DEFAULT NULL,
  `checksum` varchar(255) DEFAULT NULL,
  `os_hash_value` varchar(255) DEFAULT NULL,
  `min_disk` bigint(20) NOT NULL,
  `min_ram` bigint(20) NOT NULL,
  `protected` tinyint(1) NOT NULL,
  `os_hidden` tinyint(1) NOT NULL,
  `tags` longtext NOT NULL,
  `properties` longtext NOT NULL,
  `created_at` varchar(255) NOT NULL,
  `updated_at` varchar(255) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_images_name` (`name`),
  KEY `ix_images_owner` (`owner`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `images` VALUES ('111111111111111111111111111111111111','image 1','queued','shared','dddddddddddddddddddddddddddddddd',NULL,NULL,8589934592,NULL,NULL,0,0,1,0,'[\"old\"]','{\"os\":\"debian\"}','2026-11-26T06:04:30Z','2026-11-26T06:04:30Z');
INSERT INTO `images` VALUES ('222222222222222222222222222222222222','image 2','queued','shared','dddddddddddddddddddddddddddddddd',NULL,NULL,8589934592,NULL,NULL,0,0,0,0,'[\"old\"]','{\"os\":\"debian\"}','2026-11-26T06:04:30Z','2026-11-26T06:04:30Z');
INSERT INTO `images` VALUES ('333333333333333333333333333333333333','image 3','queued','shared','dddddddddddddddddddddddddddddddd',NULL,NULL,8589934592,NULL,NULL,0,0,0,0,'[\"old\"]','{\"os\":\"debian\"}','2026-11-26T06:04:30Z','2026-11-26T06:04:30Z');
INSERT INTO `images` VALUES ('444444444444444444444444444444444444','image 4','queued','shared','dddddddddddddddddddddddddddddddd',NULL,NULL,8589934592,NULL,NULL,0,0,0,0,'[\"old\"]','{\"os\":\"debian\"}','2026-11-26T06:04:30Z','2026-11-26T06:04:30Z');
INSERT INTO `images` VALUES ('555555555555555555555555555555555555','image 5','queued','shared','dddddddddddddddddddddddddddddddd',NULL,NULL,8589934592,NULL,NULL,0,0,0,0,'[\"old\"]','{\"os\":\"debian\"}','2026-11-26T06:04:30Z','2026-11-26T06:04:30Z');
CREATE TABLE `schema_version` (
  `version` bigint(20) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
INSERT INTO `schema_version` VALUES (1);
CREATE TABLE `seeds` (
  `file` varchar(255) NOT NULL,
  PRIMARY KEY (`file`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `seeds` VALUES ('cirros.tar');
