import { expect, it } from 'vitest';
import { parseMariadbUrl } from '../../../server/cloud/store/mariadb-url.ts';

it('reads connection URLs as SQLAlchemy writes them', () => {
  expect(parseMariadbUrl('mysql+pymysql://neutron:p%40ss%2Fword@controller/neutron?charset=utf8')).toEqual({
    user: 'neutron',
    password: 'p@ss/word',
    host: 'controller',
    port: 3306,
    database: 'neutron',
    name: 'mysql://neutron@controller:3306/neutron',
  });
  expect(parseMariadbUrl('mysql://u:a/b:50%25@[::1]:3307/db')).toMatchObject({
    password: 'a/b:50%',
    host: '::1',
    port: 3307,
    name: 'mysql://u@[::1]:3307/db',
  });
  expect(parseMariadbUrl('mysql://u:100%@h/db').password).toBe('100%');
  expect(parseMariadbUrl('mysql://u@/db?unix_socket=/run/mysqld/mysqld.sock')).toMatchObject({
    password: '',
    socketPath: '/run/mysqld/mysqld.sock',
    name: 'mysql://u@/run/mysqld/mysqld.sock/db',
  });
});

it.each([
  ['mysql://u:s3cret@host', /not of the form/],
  ['mysql://u:s3cret@host:99999/db', /not of the form/],
  ['mysql://u:s3cret@host/db?charset=latin1', /charset 'latin1' cannot keep every name/],
  ['mysql://u:s3cret@host/db?ssl_ca=x', /unknown parameters: ssl_ca/],
])('refuses %s without telling the password', (url, reason) => {
  const parse = () => parseMariadbUrl(url);
  expect(parse).toThrow(reason);
  expect(parse).toThrow(/^(?!.*s3cret)/);
});
