CREATE TABLE `domains` (
  `id` varchar(64) NOT NULL,
  `name` varchar(255) NOT NULL,
  `enabled` tinyint(1) NOT NULL,
  `extra` longtext NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_domains_name` (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `domains` VALUES ('default','Default',1,'{\"description\":\"The default domain\"}');
CREATE TABLE `endpoints` (
  `id` varchar(64) NOT NULL,
  `legacy_endpoint_id` varchar(64) DEFAULT NULL,
  `service_id` varchar(64) NOT NULL,
  `interface` varchar(255) NOT NULL,
  `region_id` varchar(255) DEFAULT NULL,
  `url` longtext NOT NULL,
  `enabled` tinyint(1) NOT NULL,
  `extra` longtext NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_endpoints_service_id` (`service_id`),
  CONSTRAINT `endpoints_ibfk_1` FOREIGN KEY (`service_id`) REFERENCES `services` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `endpoints` VALUES ('260b6d3e51944b5cbf386c505b3e599a','07f0a9859f15478e940ac3de5abef690','c4fdda28b946416d81a78e5263b3500d','internal','RegionOne','http://controller:5000/v3',1,'{}');
INSERT INTO `endpoints` VALUES ('33092deafcf34d29910cf887654c2299','dd15e9a83ff840eba9bc3183da5315e9','a4f586e326b94f0cbdf19fd807e35012','public','RegionOne','http://controller:9292',1,'{}');
INSERT INTO `endpoints` VALUES ('33f3676a9367495ab6f03ba695906b12','dd15e9a83ff840eba9bc3183da5315e9','a4f586e326b94f0cbdf19fd807e35012','internal','RegionOne','http://controller:9292',1,'{}');
INSERT INTO `endpoints` VALUES ('4cfe96a649b646489e2e38e050c2b066','401bcc58bd6943e3b782b03c3bdcabad','31114074d2d2499b80933b07521a8d7b','public','RegionOne','http://controller:8774/v2.1',1,'{}');
INSERT INTO `endpoints` VALUES ('5b7682b609754e46ba2e6d50cbd6aade','401bcc58bd6943e3b782b03c3bdcabad','31114074d2d2499b80933b07521a8d7b','admin','RegionOne','http://controller:8774/v2.1',1,'{}');
INSERT INTO `endpoints` VALUES ('618c37b1e38346d6bd8d82cc33bbac19','07f0a9859f15478e940ac3de5abef690','c4fdda28b946416d81a78e5263b3500d','public','RegionOne','http://controller:5000/v3',1,'{}');
INSERT INTO `endpoints` VALUES ('7501e6f06eeb469caff9e4bedd3caa9f','ef16370da1464dfcbe50b4bf40219b56','f8d88c0966d742cfa5ed48a2621e2f27','public','RegionOne','http://controller:9696',1,'{}');
INSERT INTO `endpoints` VALUES ('7673daa9f495422db41720f3ee6d332c','401bcc58bd6943e3b782b03c3bdcabad','31114074d2d2499b80933b07521a8d7b','internal','RegionOne','http://controller:8774/v2.1',1,'{}');
INSERT INTO `endpoints` VALUES ('82f490acbc6449f19fa50a9b65a9e275','ef16370da1464dfcbe50b4bf40219b56','f8d88c0966d742cfa5ed48a2621e2f27','internal','RegionOne','http://controller:9696',1,'{}');
INSERT INTO `endpoints` VALUES ('88786ac723a24cc6b96e625d2d9f884e','07f0a9859f15478e940ac3de5abef690','c4fdda28b946416d81a78e5263b3500d','admin','RegionOne','http://controller:35357/v3',1,'{}');
INSERT INTO `endpoints` VALUES ('b96c20c7d80648ebb8e45a6b0cef977b','ef16370da1464dfcbe50b4bf40219b56','f8d88c0966d742cfa5ed48a2621e2f27','admin','RegionOne','http://controller:9696',1,'{}');
INSERT INTO `endpoints` VALUES ('f27a4ef2bb2a48b8b77752717f3332e7','dd15e9a83ff840eba9bc3183da5315e9','a4f586e326b94f0cbdf19fd807e35012','admin','RegionOne','http://controller:9292',1,'{}');
CREATE TABLE `grants` (
  `user_id` varchar(64) NOT NULL,
  `target` varchar(255) NOT NULL,
  `target_id` varchar(64) NOT NULL,
  `role_id` varchar(64) NOT NULL,
  PRIMARY KEY (`user_id`,`target`,`target_id`,`role_id`),
  KEY `role_id` (`role_id`),
  KEY `ix_grants_target_id` (`target_id`),
  CONSTRAINT `grants_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE,
  CONSTRAINT `grants_ibfk_2` FOREIGN KEY (`role_id`) REFERENCES `roles` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `grants` VALUES ('3237445efcea47ecb709aec645343654','project','5aa62df167ac41288ccdfc5ffea1a6f9','485c435899374315bfad79c6ec2a25da');
INSERT INTO `grants` VALUES ('3237445efcea47ecb709aec645343654','project','e5d0762e08434cce9bebb7e896684ad2','485c435899374315bfad79c6ec2a25da');
INSERT INTO `grants` VALUES ('70b84f837fad4a1e8019c97f6be65a2a','project','5aa62df167ac41288ccdfc5ffea1a6f9','9e6a21b461c84b2f9ebd9ecf07864ebc');
INSERT INTO `grants` VALUES ('713ad1e07d04454fa86a8cc7bb7c43bc','project','283908f3b28249aba7dbf5ac80701959','485c435899374315bfad79c6ec2a25da');
INSERT INTO `grants` VALUES ('81719d3816f043f688df686fa448fb0a','project','283908f3b28249aba7dbf5ac80701959','485c435899374315bfad79c6ec2a25da');
INSERT INTO `grants` VALUES ('c9586f4523f34c0aa74198be6ebe76b2','project','283908f3b28249aba7dbf5ac80701959','485c435899374315bfad79c6ec2a25da');
CREATE TABLE `group_grants` (
  `group_id` varchar(64) NOT NULL,
  `target` varchar(255) NOT NULL,
  `target_id` varchar(64) NOT NULL,
  `role_id` varchar(64) NOT NULL,
  PRIMARY KEY (`group_id`,`target`,`target_id`,`role_id`),
  KEY `role_id` (`role_id`),
  KEY `ix_group_grants_target_id` (`target_id`),
  CONSTRAINT `group_grants_ibfk_1` FOREIGN KEY (`group_id`) REFERENCES `groups` (`id`) ON DELETE CASCADE,
  CONSTRAINT `group_grants_ibfk_2` FOREIGN KEY (`role_id`) REFERENCES `roles` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `groups` (
  `id` varchar(64) NOT NULL,
  `name` varchar(255) NOT NULL,
  `domain_id` varchar(64) NOT NULL,
  `extra` longtext NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_groups_domain_id_name` (`domain_id`,`name`),
  CONSTRAINT `groups_ibfk_1` FOREIGN KEY (`domain_id`) REFERENCES `domains` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `memberships` (
  `group_id` varchar(64) NOT NULL,
  `user_id` varchar(64) NOT NULL,
  PRIMARY KEY (`group_id`,`user_id`),
  KEY `ix_memberships_user_id` (`user_id`),
  CONSTRAINT `memberships_ibfk_1` FOREIGN KEY (`group_id`) REFERENCES `groups` (`id`) ON DELETE CASCADE,
  CONSTRAINT `memberships_ibfk_2` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `projects` (
  `id` varchar(64) NOT NULL,
  `name` varchar(255) NOT NULL,
  `domain_id` varchar(64) NOT NULL,
  `enabled` tinyint(1) NOT NULL,
  `extra` longtext NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_projects_domain_id_name` (`domain_id`,`name`),
  CONSTRAINT `projects_ibfk_1` FOREIGN KEY (`domain_id`) REFERENCES `domains` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `projects` VALUES ('283908f3b28249aba7dbf5ac80701959','service','default',1,'{\"description\":\"The service project\",\"is_domain\":false,\"tags\":[],\"options\":{}}');
INSERT INTO `projects` VALUES ('5aa62df167ac41288ccdfc5ffea1a6f9','demo','default',1,'{\"description\":\"The demo project\",\"is_domain\":false,\"tags\":[],\"options\":{}}');
INSERT INTO `projects` VALUES ('e5d0762e08434cce9bebb7e896684ad2','admin','default',1,'{\"description\":\"The admin project\",\"is_domain\":false,\"tags\":[],\"options\":{}}');
CREATE TABLE `regions` (
  `id` varchar(255) NOT NULL,
  `parent_region_id` varchar(255) DEFAULT NULL,
  `extra` longtext NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `regions` VALUES ('RegionOne',NULL,'{\"description\":\"\"}');
CREATE TABLE `roles` (
  `id` varchar(64) NOT NULL,
  `name` varchar(255) NOT NULL,
  `extra` longtext NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_roles_name` (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `roles` VALUES ('485c435899374315bfad79c6ec2a25da','admin','{\"domain_id\":null,\"description\":null,\"options\":{}}');
INSERT INTO `roles` VALUES ('9e6a21b461c84b2f9ebd9ecf07864ebc','member','{\"domain_id\":null,\"description\":null,\"options\":{}}');
INSERT INTO `roles` VALUES ('fe9e602e05454cf9ad1254037b46fed7','_member_','{\"domain_id\":null,\"description\":null,\"options\":{}}');
CREATE TABLE `schema_version` (
  `version` bigint(20) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
INSERT INTO `schema_version` VALUES (1);
CREATE TABLE `services` (
  `id` varchar(64) NOT NULL,
  `type` varchar(255) NOT NULL,
  `name` varchar(255) NOT NULL,
  `enabled` tinyint(1) NOT NULL,
  `extra` longtext NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `services` VALUES ('31114074d2d2499b80933b07521a8d7b','compute','nova',1,'{}');
INSERT INTO `services` VALUES ('a4f586e326b94f0cbdf19fd807e35012','image','glance',1,'{}');
INSERT INTO `services` VALUES ('c4fdda28b946416d81a78e5263b3500d','identity','keystone',1,'{}');
INSERT INTO `services` VALUES ('f8d88c0966d742cfa5ed48a2621e2f27','network','neutron',1,'{}');
CREATE TABLE `tokens` (
  `hash` varchar(64) NOT NULL,
  `user_id` varchar(64) NOT NULL,
  `project_id` varchar(64) DEFAULT NULL,
  `domain_id` varchar(64) DEFAULT NULL,
  `methods` longtext NOT NULL,
  `audit_id` varchar(64) NOT NULL,
  `issued_at` varchar(255) NOT NULL,
  `expires_at` varchar(255) NOT NULL,
  PRIMARY KEY (`hash`),
  KEY `ix_tokens_user_id` (`user_id`),
  KEY `ix_tokens_project_id` (`project_id`),
  KEY `ix_tokens_expires_at` (`expires_at`),
  CONSTRAINT `tokens_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `tokens` VALUES ('ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','70b84f837fad4a1e8019c97f6be65a2a','5aa62df167ac41288ccdfc5ffea1a6f9',NULL,'[\"password\"]','audit','2026-11-20T12:00:00.000Z','2036-01-01T00:00:00.000Z');
CREATE TABLE `users` (
  `id` varchar(64) NOT NULL,
  `name` varchar(255) NOT NULL,
  `domain_id` varchar(64) NOT NULL,
  `enabled` tinyint(1) NOT NULL,
  `password_hash` varchar(255) DEFAULT NULL,
  `default_project_id` varchar(64) DEFAULT NULL,
  `extra` longtext NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_users_domain_id_name` (`domain_id`,`name`),
  CONSTRAINT `users_ibfk_1` FOREIGN KEY (`domain_id`) REFERENCES `domains` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `users` VALUES ('3237445efcea47ecb709aec645343654','admin','default',1,'scrypt$bxGX2l6yntWbsOaUPAD5Kw==$cABDopLFn6fajaNNSvkW7STotOo21vdpzjEqXEm+O1A=',NULL,'{\"email\":\"admin@example.com\",\"options\":{}}');
INSERT INTO `users` VALUES ('70b84f837fad4a1e8019c97f6be65a2a','demo','default',1,'scrypt$V7OPeFdS+o86hTQN2PTuJw==$7EI3AaD333Dw3qTPeyAkMnjbODakPsM+UYCPtJvlXhU=',NULL,'{\"email\":\"demo@example.com\",\"options\":{}}');
INSERT INTO `users` VALUES ('713ad1e07d04454fa86a8cc7bb7c43bc','glance','default',1,'scrypt$+WUDHWT9LLTGdD+Q/XETWg==$i2reb944Mlh5FKbegMhN+YIQ7Z0RiNIPeR61S5YtDnw=',NULL,'{\"email\":\"glance@example.com\",\"options\":{}}');
INSERT INTO `users` VALUES ('81719d3816f043f688df686fa448fb0a','neutron','default',1,'scrypt$vn/PYzGKJiIN7sQOW2QvWA==$dmTh5G+KvEkofCev+1zUTCzoPFf6r9yJAJ5xUAjwLc8=',NULL,'{\"email\":\"neutron@example.com\",\"options\":{}}');
INSERT INTO `users` VALUES ('c9586f4523f34c0aa74198be6ebe76b2','nova','default',1,'scrypt$UNAwcS6/Jo9Xhe2l9Dfvbw==$vHg86C9HGHk8tMxEoF4z/TICX4GPeM3pUv4VXjBAKIs=',NULL,'{\"email\":\"nova@example.com\",\"options\":{}}');
