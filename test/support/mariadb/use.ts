// Lets the servers of test/support keep their rows in the project's MariaDB.
import { inject } from 'vitest';

process.env.PATCHBAY_TEST_DATABASE = inject('mariadb');
