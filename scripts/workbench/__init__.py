"""What every script at the top of the suite shares: environment, source, PostgreSQL, databases.

Plain standard library, so that it runs before anything is installed.
"""
